//! The policy library on the whole road: every refusal names what broke which rule.

use sapi::policy::{self, Keys, Names, Subject};
use sapi::testing::{Harness, RequestBuilder, TestKey};
use sapi::{BoxError, KeyKind, Terms, Validity, Verdict};
use sapi_tests::verifiers::openssl_verify;

use crate::road::scripted::Scripted;

fn policed(days: u64) -> Result<Harness, BoxError> {
    let names = Names::none()
        .dns_under("example.com")?
        .wildcards()
        .ip("192.0.2.0/24")?
        .email_at("example.com")?
        .uri("spiffe://example.com/ns/*/sa/*")?;
    let keys = Keys::of([KeyKind::P256, KeyKind::Rsa { bits: 3072 }]);
    let subject = Subject::none()
        .requiring("organizationName", "Example")?
        .allowing("OU")?
        .common_name_is_own();
    Ok(Harness::new(Scripted::default().authorize(move |cx| {
        names.check(cx.csr().names())?;
        keys.check(cx.csr().key_kind())?;
        subject.check(cx)?;
        let validity = policy::at_most(Validity::days(days), Validity::days(90))?;
        Ok(Verdict::Grant(
            Terms::valid_for(validity).with_requested_names(cx.csr()),
        ))
    })))
}

fn sound() -> RequestBuilder {
    RequestBuilder::new().field("O", "Example")
}

#[tokio::test]
async fn what_keeps_to_the_rules_is_granted() {
    let harness = policed(90).unwrap();
    let request = sound()
        .field("OU", "anything")
        .common_name("web01")
        .dns("www.example.com")
        .dns("*.example.com")
        .ip([192, 0, 2, 7])
        .email("ops@example.com")
        .uri("spiffe://example.com/ns/web/sa/api");
    let seen = harness.observe("web01", &request.build()).await;
    openssl_verify(&harness.ca().pem(), seen.assert_issued().pem()).unwrap();
    let named = sound()
        .common_name("www.example.com")
        .dns("www.example.com");
    harness
        .observe("web01", &named.build())
        .await
        .assert_issued();
}

#[tokio::test]
async fn every_refusal_names_what_broke_which_rule() {
    let harness = policed(30).unwrap();
    for (request, reason) in [
        (
            sound().dns("www.example.net"),
            "DNS:www.example.net: is not allowed; allowed are example.com and below",
        ),
        (sound().dns("*.net"), "DNS:*.net: is not allowed"),
        (
            sound().ip([10, 0, 0, 1]),
            "IP:10.0.0.1: is not allowed; allowed are 192.0.2.0/24",
        ),
        (
            sound().email("a@b.example.com"),
            "email:a@b.example.com: is not allowed; allowed are mailboxes at example.com",
        ),
        (
            sound().uri("spiffe://example.com/ns/web"),
            "URI:spiffe://example.com/ns/web: is not allowed; allowed are spiffe://example.com/ns/*/sa/*",
        ),
        (
            sound().key(TestKey::p384()),
            "public key: P-384 is not allowed; allowed are P-256, RSA from 3072 bits",
        ),
        (
            sound().key(TestKey::rsa(2048)),
            "public key: RSA 2048 is not allowed",
        ),
        (sound().field("L", "Here"), "subject: L is not allowed"),
        (
            RequestBuilder::new().common_name("web01"),
            "subject: O is missing; it must be \"Example\"",
        ),
        (
            RequestBuilder::new().field("O", "Other"),
            "subject: O=Other must be \"Example\"",
        ),
        (
            sound().field("O", "Second"),
            "subject: O=Second must be \"Example\"",
        ),
        (
            sound().common_name("www.example.net"),
            "subject: CN=www.example.net is neither the client's identifier nor one of the names asked for",
        ),
    ] {
        harness
            .observe("web01", &request.build())
            .await
            .assert_denied(reason);
    }
    let request = sound().common_name("web01").build();
    policed(91)
        .unwrap()
        .observe("web01", &request)
        .await
        .assert_denied("validity 91d: is longer than 90d");
}
