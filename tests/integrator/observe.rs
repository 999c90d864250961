//! What the harness reports about a request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use sapi::testing::{Authority, Clock, Harness, RequestBuilder};
use sapi::{AltName, Peer, Profile, Rejection, Validity};

use crate::road::scripted::{Scripted, request};

/// 2023-11-14T22:13:20Z
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn day() -> Scripted {
    Scripted::granting(Validity::days(1))
}

#[tokio::test]
async fn everything_there_is_to_be_seen() {
    let hooks = day()
        .presign(|_, draft| Ok(draft.add_crl_url("http://ca.example.com/ca.crl")?))
        .serial(|| Ok(Some(sapi::SerialNumber::from_be_bytes(&[0x12, 0x34])?)));
    let harness = Harness::new(hooks).at(now());
    let peer =
        Peer::at([192, 0, 2, 7].into()).with_certificate(harness.ca().peer_certificate("web01"));
    let seen = harness.observe_from(&peer, "web01", &request()).await;

    assert_eq!(seen.decision(), "issued");
    assert_eq!(seen.context().client(), &"web01");
    assert_eq!(seen.context().peer().address(), peer.address());
    assert!(seen.context().peer().certificate().is_some());
    let terms = seen.terms().unwrap();
    assert_eq!(terms.validity(), Validity::days(1));
    let (drafted, presigned) = (seen.drafted().unwrap(), seen.presigned().unwrap());
    assert_ne!(drafted, presigned);
    let certificate = seen.assert_issued();
    assert_eq!(certificate.serial().to_string(), "1234");
    seen.assert_names(["dns:WWW.example.com"]);

    let calls = seen.calls();
    let said: Vec<_> = calls
        .iter()
        .map(|call| format!("{}.{} {}", call.hook(), call.method(), call.answer()))
        .collect();
    assert_eq!(
        said,
        [
            "scripted.authorize grants 1d: DNS:www.example.com",
            "scripted.serial_number chooses 1234",
            "scripted.presign agrees",
            "scripted.postsign agrees",
        ]
    );
    assert!(
        calls
            .iter()
            .all(|call| call.took() < Duration::from_secs(10))
    );
    let differences: Vec<_> = seen.differences();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].what(), "crl http://ca.example.com/ca.crl");
    assert_eq!(differences[0].why(), "presign added it");
    assert_eq!(seen.status(), 200);
    assert_eq!(seen.body()["serial_number"], "1234");
    assert_eq!(seen.body()["signed_x509_pem"], certificate.pem());
}

#[tokio::test]
async fn the_text_of_a_draft_is_the_same_every_time() {
    let harness = Harness::new(day()).at(now());
    let text = "\
subject             CN=web01
name                DNS:www.example.com
not before          2023-11-14T22:08:20Z
not after           2023-11-15T22:13:20Z
key usage           digitalSignature
extended key usage  serverAuth
extended key usage  clientAuth
";
    for _ in 0..2 {
        let seen = harness.observe("web01", &request()).await;
        seen.assert_draft(text);
        let serial = seen.assert_issued().serial();
        let whole = format!("serial number       {serial}\n{text}");
        assert_eq!(seen.presigned().unwrap().to_string(), whole);
    }
}

#[tokio::test]
async fn the_problem_document_is_the_one_a_client_gets() {
    let seen = Harness::new(Scripted::default())
        .observe("web01", &request())
        .await;
    assert_eq!((seen.status(), seen.decision()), (403, "denied"));
    assert_eq!(seen.body()["type"], "urn:sapi:problem:denied");
    assert_eq!(seen.body()["status"], 403);
    assert!(
        seen.body()["detail"]
            .as_str()
            .unwrap()
            .contains("no policy")
    );
    assert!(seen.terms().is_none() && seen.drafted().is_none() && seen.certificate().is_none());
    seen.assert_denied("no policy");
    seen.assert_rejected("denied");
    let pending =
        Scripted::default().authorize(|_| Err(Rejection::pending(Duration::from_secs(30))));
    let seen = Harness::new(pending).observe("web01", &request()).await;
    assert_eq!((seen.status(), seen.decision()), (202, "pending"));
    assert_eq!(seen.body()["retry_after"], 30);
}

#[tokio::test]
async fn a_failure_names_its_hook_and_a_withheld_certificate_is_seen() {
    let lost = day().postsign(|_, _| Err("the disk is full".into()));
    let seen = Harness::new(lost).observe("web01", &request()).await;
    seen.assert_rejected("withheld");
    assert!(seen.certificate().is_some());
    let answer = seen.calls().last().unwrap().answer().to_owned();
    assert_eq!(
        answer,
        "refuses (internal-error: scripted.postsign: the disk is full)"
    );
    assert!(!seen.body().to_string().contains("disk"), "{}", seen.body());
}

#[tokio::test]
async fn whatever_differs_is_told_with_its_reason() {
    let hooks = Scripted::default()
        .authorize(|cx| {
            let mut names = cx.csr().names().to_vec();
            names.remove(0);
            names.push(AltName::Dns("granted.example".into()));
            let terms = sapi::Terms::valid_for(Validity::days(9)).with_names(names);
            Ok(sapi::Verdict::Grant(terms))
        })
        .presign(|_, draft| {
            draft.names_mut().retain(|name| name.value() != "b.example");
            draft.names_mut().push(AltName::Dns("added.example".into()));
            draft.set_subject(sapi::DistinguishedName::from_fields([("CN", "other")])?);
            draft.shorten(draft.not_after() - Duration::from_secs(60));
            draft
                .extended_usage_mut()
                .remove(sapi::ExtendedKeyUsages::SERVER_AUTH);
            Ok(())
        });
    let asked = RequestBuilder::new()
        .common_name("web01")
        .dns("a.example")
        .dns("b.example")
        .dns("c.example")
        .extension("2.5.29.37", false, &[0x30, 0])
        .build();
    let week = Profile::default().with_max_validity(Validity::days(7));
    let seen = Harness::new(hooks)
        .profile(week)
        .observe("web01", &asked)
        .await;
    let told: Vec<_> = seen
        .differences()
        .into_iter()
        .map(|it| format!("{}: {}", it.what(), it.why()))
        .collect();
    assert_eq!(
        told,
        [
            "DNS:a.example: was asked for and is not in the terms of authorize",
            "DNS:b.example: was asked for and granted, and presign took it away",
            "DNS:granted.example: was not asked for; the terms of authorize have it",
            "DNS:added.example: was not asked for; presign added it",
            "subject CN=web01: was asked for; presign set another",
            "validity 9d: was granted; certificate.max_validity or the end of the CA cut it",
            "not after: presign made it earlier",
            "extended key usage serverAuth: presign took it away",
            "extension 2.5.29.37: was asked for; extensions are never taken over, hooks and profile set them",
        ]
    );
    let text = seen.to_string();
    for difference in told {
        assert!(text.contains(&difference), "{text}");
    }
}

#[tokio::test]
async fn the_clock_is_the_tests() {
    let clock = Clock::at(now());
    let ca = Authority::new().valid(now(), now() + Duration::from_secs(100_000));
    let harness = Harness::new(day()).authority(ca).clock(&clock);
    let first = harness.observe("web01", &request()).await;
    assert_eq!(first.context().received_at(), now());
    clock.advance(Duration::from_secs(60));
    let second = harness.observe("web01", &request()).await;
    assert_eq!(
        second.context().received_at(),
        now() + Duration::from_secs(60)
    );
    clock.set(now() - Duration::from_secs(1));
    harness
        .observe("web01", &request())
        .await
        .assert_rejected("unavailable");
}

#[tokio::test]
async fn a_rehearsal_signs_with_a_throw_away_key_and_records_nothing() {
    let hooks = || {
        day()
            .presign(|cx, draft| {
                if cx.rehearsal() {
                    draft.set_subject(sapi::DistinguishedName::from_fields([("CN", "rehearsal")])?);
                }
                Ok(())
            })
            .postsign(|_, _| Err("never to be seen in a rehearsal".into()))
    };
    for ca in [
        Authority::new(),
        Authority::new().with_key(sapi::testing::TestKey::rsa(2048)),
        Authority::new().with_key(sapi::testing::TestKey::p384()),
        Authority::new().with_key(sapi::testing::TestKey::ed25519()),
    ] {
        let harness = Harness::new(hooks()).authority(ca.clone()).rehearsing();
        let seen = harness.observe("web01", &request()).await;
        let certificate = seen.assert_issued();
        assert_eq!(certificate.subject().to_string(), "CN=rehearsal");
        let leaf = certificate.as_openssl().unwrap();
        let same_name = leaf.issuer_name().try_cmp(ca.certificate().subject_name());
        assert!(same_name.unwrap().is_eq());
        assert!(
            !leaf.verify(ca.key().private_key()).unwrap(),
            "the CA's key signed"
        );
        assert_eq!(
            leaf.authority_key_id().unwrap().as_slice(),
            ca.certificate().subject_key_id().unwrap().as_slice()
        );
        assert!(seen.calls().iter().all(|call| call.method() != "postsign"));
    }
    let seen = Harness::new(hooks()).observe("web01", &request()).await;
    seen.assert_rejected("withheld");
}

#[tokio::test]
async fn assertions_fail_with_the_whole_story() {
    let denied = Harness::new(Scripted::default())
        .observe("web01", &request())
        .await;
    let issued = Harness::new(day()).observe("web01", &request()).await;
    let story = |failing: &dyn Fn()| -> String {
        let panic = catch_unwind(AssertUnwindSafe(failing)).expect_err("it held");
        let text = panic.downcast_ref::<String>().cloned();
        text.unwrap_or_default()
    };
    for text in [
        story(&|| assert!(!denied.assert_issued().pem().is_empty())),
        story(&|| denied.assert_denied("another reason")),
        story(&|| denied.assert_rejected("pending")),
        story(&|| denied.assert_names([])),
        story(&|| issued.assert_denied("")),
        story(&|| issued.assert_names(["DNS:other.example"])),
        story(&|| issued.assert_names(["DNS:www.example.com", "DNS:b.example"])),
        story(&|| issued.assert_draft("")),
    ] {
        for part in ["request\n", "decision\n", "CN=web01", "scripted"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
