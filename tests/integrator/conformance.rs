//! The conformance suite catches each of a set of hooks that are wrong on purpose, and lets right ones pass.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sapi::testing::{Conformance, conformance};
use sapi::{
    AltName, DistinguishedName, Extension, Rejection, SerialNumber, SigningContext, SigningHooks,
    Terms, Validity, Verdict, async_trait,
};

use crate::road::scripted::Scripted;

/// Grants `web01` its own name and nothing else.
fn member(cx: &SigningContext) -> Result<Verdict, Rejection> {
    let own = AltName::Dns("www.example.com".into());
    if cx.client() != "web01" {
        return Err(Rejection::denied("unknown client"));
    }
    if let Some(name) = cx.csr().names().iter().find(|name| **name != own) {
        return Err(Rejection::denied(format!("{name} is not yours")));
    }
    Ok(Verdict::Grant(
        Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr()),
    ))
}

fn members() -> Scripted {
    Scripted::default().authorize(|cx| member(cx))
}

fn tried(hooks: impl SigningHooks) -> Conformance {
    conformance(hooks)
        .client("web01")
        .name("DNS:www.example.com")
        .requests(120)
}

/// Asserts that the suite finds this fault, and names client and request of every finding.
async fn caught(hooks: impl SigningHooks, finding: &str) {
    let report = tried(hooks)
        .harness(|harness| harness.time_limit(Duration::from_secs(5)))
        .report()
        .await;
    let held = report.findings();
    assert!(
        held.iter().any(|text| text.starts_with(finding)),
        "{finding}\n{report}"
    );
    for part in ["client ", "-----BEGIN CERTIFICATE REQUEST-----"] {
        assert!(held.iter().all(|text| text.contains(part)), "{report}");
    }
}

#[tokio::test]
async fn right_hooks_pass_and_what_was_tried_is_told() {
    let report = tried(members()).report().await;
    assert!(report.findings().is_empty(), "{report}");
    assert!(report.issued() > 20, "{report}");
    let told = report.to_string();
    for part in [
        "as a known client",
        "as a stranger",
        "refused by the reader",
        "certificates were signed",
    ] {
        assert!(told.contains(part), "{told}");
    }
    tried(members()).seed(99).run().await;
    // About hooks that know nobody, the report says how little was tried.
    let none = conformance(Scripted::default()).requests(20).report().await;
    assert!(
        none.findings().is_empty() && none.to_string().contains("nothing was issued"),
        "{none}"
    );
}

#[tokio::test]
async fn one_that_refuses_even_the_client_it_is_said_to_know() {
    let report = tried(Scripted::default()).report().await;
    let held = report.findings();
    assert!(
        held.len() == 1 && held[0].starts_with("not one certificate"),
        "{report}"
    );
}

#[tokio::test]
async fn one_that_grants_everybody_everything() {
    caught(
        Scripted::granting(Validity::days(1)),
        "a certificate for garbage",
    )
    .await;
}

#[tokio::test]
async fn one_that_adds_a_name_nobody_asked_for() {
    let hooks = members().presign(|_, draft| {
        draft
            .names_mut()
            .push(AltName::Dns("backdoor.example".into()));
        Ok(())
    });
    caught(hooks, "a name neither asked for nor configured").await;
}

#[tokio::test]
async fn one_that_calls_its_clients_by_another_name() {
    let hooks = members().presign(|_, draft| {
        draft.set_subject(DistinguishedName::from_fields([("CN", "admin")])?);
        Ok(())
    });
    caught(hooks, "a common name neither asked for nor configured").await;
}

#[tokio::test]
async fn one_that_would_make_a_ca() {
    let hooks = members().presign(|_, draft| {
        Ok(draft.push_extension(Extension::new("2.5.29.19", true, &[0x30, 3, 1, 1, 0xff])?)?)
    });
    caught(hooks, "an error instead of a decision").await;
}

#[tokio::test]
async fn one_that_panics_on_what_it_did_not_expect() {
    let hooks = Scripted::default().authorize(|cx| {
        let first = &cx.client().as_str()[..4];
        match first {
            "web0" => member(cx),
            _ => Err(Rejection::denied("unknown client")),
        }
    });
    caught(hooks, "a panic").await;
}

#[tokio::test]
async fn one_that_fails_where_it_should_deny() {
    let hooks = Scripted::default().authorize(|cx| {
        let password = cx.csr().attribute("1.2.840.113549.1.9.7");
        if password.is_some_and(|password| password.first() != Some(&0x0c)) {
            return Err("no UTF8String".into());
        }
        member(cx)
    });
    caught(hooks, "an error instead of a decision").await;
}

#[tokio::test]
async fn one_that_cannot_record() {
    let hooks = members().postsign(|_, _| Err("the disk is full".into()));
    caught(hooks, "an error instead of a decision").await;
}

#[tokio::test]
async fn one_that_says_this_and_then_that() {
    let asked = AtomicUsize::new(0);
    let hooks = Scripted::default().authorize(move |cx| {
        let times = asked.fetch_add(1, Ordering::Relaxed);
        if cx.client() != "web01" {
            return Err(Rejection::denied(format!("refusal number {times}")));
        }
        member(cx)
    });
    caught(hooks, "two answers to the same garbage").await;
}

#[tokio::test]
async fn one_that_counts_serial_numbers_in_a_circle() {
    let next = AtomicUsize::new(0);
    let hooks = members().serial(move || {
        let number = next.fetch_add(1, Ordering::Relaxed) % 7;
        let octet = u8::try_from(number).unwrap_or_default() + 1;
        Ok(Some(SerialNumber::from_be_bytes(&[octet])?))
    });
    caught(hooks, "a serial number twice").await;
}

/// Keeps in the hook what belongs to one request.
#[derive(Default)]
struct Forgetful {
    names: Mutex<Vec<AltName>>,
}

#[async_trait]
impl SigningHooks for Forgetful {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        if cx.client() != "web01" {
            return Err(Rejection::denied("unknown client"));
        }
        *self.names.lock().unwrap() = cx.csr().names().to_vec();
        tokio::task::yield_now().await;
        let names = self.names.lock().unwrap().clone();
        Ok(Verdict::Grant(
            Terms::valid_for(Validity::days(1)).with_names(names),
        ))
    }
}

/// One request after another works; at the same time, a client gets what another has asked for.
#[tokio::test]
async fn one_that_mixes_up_requests_that_come_together() {
    caught(
        Forgetful::default(),
        "other names when requests come together",
    )
    .await;
}

/// Waits for ever on some requests.
struct Stuck;

#[async_trait]
impl SigningHooks for Stuck {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        if cx.client().as_str().len() > 40 {
            std::future::pending::<()>().await;
        }
        member(cx)
    }
}

#[tokio::test]
async fn one_that_never_answers() {
    let report = tried(Stuck)
        .harness(|harness| harness.time_limit(Duration::from_millis(200)))
        .report()
        .await;
    assert!(
        report.to_string().contains("a missed time limit"),
        "{report}"
    );
}

#[tokio::test]
#[should_panic(expected = "a certificate for garbage")]
async fn run_fails_the_test() {
    tried(Scripted::granting(Validity::days(1))).run().await;
}
