//! What the road tells hooks, and hooks behind an `Arc`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sapi::testing::Harness;
use sapi::{
    BoxError, Chain, FirstOf, IntoHooks, Issuer, Rejection, SerialNumber, SigningContext,
    SigningHooks, Terms, Validity, Verdict, async_trait,
};

use super::scripted::{Scripted, request};

struct Nameless;

#[async_trait]
impl SigningHooks for Nameless {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let terms = Terms::valid_for(Validity::days(1));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }
}

#[tokio::test]
async fn a_hook_without_a_name_goes_by_its_type_and_its_time_is_taken() {
    assert!(
        Nameless.name().ends_with("::Nameless"),
        "{}",
        Nameless.name()
    );
    let seen = Harness::new(Nameless).observe("web01", &request()).await;
    let calls = seen.calls();
    let call = calls.iter().find(|call| call.method() == "authorize");
    let call = call.unwrap();
    assert!(call.hook().ends_with("::Nameless"), "{}", call.hook());
    assert!(
        call.took() >= Duration::from_millis(20),
        "{:?}",
        call.took()
    );
}

#[test]
fn a_chain_knows_what_is_in_it() {
    let chain = Chain::new();
    assert!(chain.is_empty());
    let chain = chain.then(Nameless);
    assert!(!chain.is_empty() && chain.len() == 1);
}

#[tokio::test]
async fn a_request_has_one_number_from_end_to_end() {
    let seen_by_hook = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&seen_by_hook);
    let hooks = Scripted::default().authorize(move |cx| {
        *kept.lock().unwrap() = cx.request_id().to_owned();
        assert!(!cx.rehearsal());
        Ok(Verdict::Abstain)
    });
    let harness = Harness::new(hooks);
    let first = harness.observe("web01", &request()).await;
    let number = first.context().request_id().to_owned();
    assert_eq!(*seen_by_hook.lock().unwrap(), number);
    assert!(number.len() >= 32 && number.bytes().all(|octet| octet.is_ascii_hexdigit()));
    let second = harness.observe("web01", &request()).await;
    assert_ne!(second.context().request_id(), number);
}

/// Answers differently at every stop.
struct Everywhere(Mutex<Vec<&'static str>>);

impl Everywhere {
    fn note(&self, method: &'static str) {
        self.0.lock().unwrap().push(method);
    }
}

#[async_trait]
impl SigningHooks for Everywhere {
    fn name(&self) -> &str {
        "everywhere"
    }

    async fn boot(&self, _: &Issuer) -> Result<(), BoxError> {
        self.note("boot");
        Err("not today".into())
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        self.note("authorize");
        let terms = Terms::valid_for(Validity::days(1));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }

    async fn serial_number(&self, _: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        self.note("serial_number");
        Ok(SerialNumber::from_be_bytes(&[0x12, 0x34]).ok())
    }

    async fn presign(
        &self,
        _: &mut SigningContext,
        draft: &mut sapi::DraftCertificate,
    ) -> Result<(), Rejection> {
        self.note("presign");
        draft.add_crl_url("http://ca.example/ca.crl")?;
        Ok(())
    }

    async fn postsign(
        &self,
        _: &mut SigningContext,
        _: &sapi::IssuedCertificate,
    ) -> Result<(), BoxError> {
        self.note("postsign");
        Err("no disk".into())
    }
}

async fn is_itself(hooks: impl IntoHooks, itself: &Everywhere) {
    let harness = Harness::new(hooks);
    let error = harness.boot().await.unwrap_err().to_string();
    assert!(error.contains("not today"), "{error}");
    let seen = harness.observe("web01", &request()).await;
    seen.assert_rejected("withheld");
    let certificate = seen.certificate().unwrap();
    assert_eq!(certificate.serial().to_string(), "1234");
    let text = String::from_utf8(certificate.as_openssl().unwrap().to_text().unwrap()).unwrap();
    assert!(text.contains("http://ca.example/ca.crl"), "{text}");
    let stops = ["boot", "authorize", "serial_number", "presign", "postsign"];
    assert_eq!(*itself.0.lock().unwrap(), stops);
}

#[tokio::test]
async fn a_hook_in_other_hands_is_itself_at_every_stop() {
    let hooks = Arc::new(Everywhere(Mutex::default()));
    is_itself(Arc::clone(&hooks), &hooks).await;
    assert_eq!(Arc::clone(&hooks).name(), "everywhere");
    let hooks = Arc::new(Everywhere(Mutex::default()));
    is_itself(Chain::new().then(Arc::clone(&hooks)), &hooks).await;
    let hooks = Arc::new(Everywhere(Mutex::default()));
    let one_of = FirstOf::new().then(Arc::clone(&hooks));
    is_itself(one_of, &hooks).await;
}

#[tokio::test]
async fn what_was_seen_is_told_stop_by_stop() {
    let day = || Scripted::granting(Validity::days(1));
    let told = |hooks| async {
        Harness::new(hooks)
            .observe("web01", &request())
            .await
            .to_string()
    };
    let plain = told(day()).await;
    for part in [
        "\nauthorize\n",
        "\ndraft\n",
        "\npresign\n",
        "\npostsign\n",
        " ms)",
        "\ndecision\n  issued\n",
    ] {
        assert!(plain.contains(part), "{part:?}: {plain}");
    }
    assert!(
        plain.contains("  name                DNS:www.example.com\n"),
        "{plain}"
    );
    assert!(
        !plain.contains("draft after presign") && !plain.contains("xyzzy"),
        "{plain}"
    );
    let changed =
        told(day().presign(|_, draft| Ok(draft.add_crl_url("http://ca.example/ca.crl")?)));
    let changed = changed.await;
    assert!(changed.contains("\ndraft after presign\n"), "{changed}");
    let denied = told(Scripted::default()).await;
    assert!(
        denied.contains("\nauthorize\n") && !denied.contains("\npresign\n"),
        "{denied}"
    );
}
