//! The CA's own name constraints: it does not sign names that no verifier would accept.

use sapi::testing::{Authority, Harness, RequestBuilder};
use sapi::{Identity, Observation, Validity};
use sapi_tests::verifiers::openssl_verify;

use crate::road::scripted::Scripted;

/// `SEQUENCE { [0] permitted, [1] excluded }` of GeneralNames as tag and content.
fn constraints(permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| {
        let mut der = vec![tag, u8::try_from(content.len()).unwrap()];
        der.extend_from_slice(content);
        der
    };
    let list = |tag, names: &[(u8, &[u8])]| {
        let trees: Vec<u8> = names
            .iter()
            .flat_map(|(tag, content)| element(0x30, &element(*tag, content)))
            .collect();
        match trees.is_empty() {
            true => Vec::new(),
            false => element(tag, &trees),
        }
    };
    element(
        0x30,
        &[list(0xa0, permitted), list(0xa1, excluded)].concat(),
    )
}

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

fn example() -> Vec<u8> {
    constraints(
        &[
            (DNS, b"example.com"),
            (IP, &[192, 0, 2, 0, 255, 255, 255, 0]),
            (EMAIL, b"example.com"),
            (URI, b".example.com"),
        ],
        &[(DNS, b"secret.example.com")],
    )
}

async fn asked(ca: &Authority, request: RequestBuilder) -> Observation {
    let harness = Harness::new(Scripted::granting(Validity::days(1))).authority(ca.clone());
    harness.observe("web01", &request.build()).await
}

fn named(names: &[&str]) -> RequestBuilder {
    let names = names.iter().map(|name| name.parse().unwrap());
    names.fold(RequestBuilder::new(), RequestBuilder::name)
}

#[tokio::test]
async fn a_leaf_outside_is_refused_and_one_inside_verifies() {
    let ca = Authority::new().with_name_constraints(&example());
    for inside in [
        &["DNS:www.example.com", "DNS:example.com"][..],
        &["IP:192.0.2.200"],
        &["email:ops@Example.com"],
        &["URI:https://a.example.com/x"],
        &["DNS:*.other.example.com", "IP:192.0.2.1"],
    ] {
        let seen = asked(&ca, named(inside)).await;
        let certificate = seen.assert_issued();
        openssl_verify(&ca.pem(), certificate.pem())
            .unwrap_or_else(|why| panic!("{inside:?}: {why}"));
    }
    for (outside, why) in [
        ("DNS:www.example.net", "permit DNS:example.com only"),
        ("DNS:badexample.com", "permit DNS:example.com only"),
        ("DNS:a.secret.example.com", "excluded by"),
        ("DNS:*.example.com", "excluded by"),
        ("IP:192.0.3.1", "permit IP:192.0.2.0/255.255.255.0 only"),
        ("IP:2001:db8::1", "permit IP:192.0.2.0/255.255.255.0 only"),
        ("email:ops@a.example.com", "permit email:example.com only"),
        ("URI:https://example.com/", "permit URI:.example.com only"),
        ("URI:urn:x:y", "permit URI:.example.com only"),
    ] {
        let seen = asked(&ca, named(&["DNS:www.example.com", outside])).await;
        seen.assert_denied(&format!("{outside} is "));
        seen.assert_denied(why);
        assert!(seen.certificate().is_none(), "{outside}");
    }
}

#[tokio::test]
async fn names_in_the_subject_count_where_verifiers_count_them() {
    let ca = Authority::new().with_name_constraints(&example());
    let subject = |field: &str, value: &str| RequestBuilder::new().field(field, value);
    asked(&ca, subject("CN", "www.example.net"))
        .await
        .assert_denied("in the subject");
    asked(&ca, subject("emailAddress", "a@example.net"))
        .await
        .assert_denied("in the subject");
    for fine in [
        subject("CN", "www.example.com"),
        subject("CN", "Jane Doe"),
        subject("CN", "www.example.net").dns("www.example.com"),
        subject("emailAddress", "a@example.com"),
    ] {
        let seen = asked(&ca, fine).await;
        openssl_verify(&ca.pem(), seen.assert_issued().pem()).unwrap();
    }
}

#[tokio::test]
async fn subjects_may_be_bound_to_a_part_of_the_directory() {
    let base = sapi::DistinguishedName::from_fields([("O", "Example")]).unwrap();
    let ca = Authority::new().with_name_constraints(&constraints(&[(0xa4, base.as_der())], &[]));
    let request = RequestBuilder::new()
        .field("O", "EXAMPLE")
        .common_name("web01");
    openssl_verify(&ca.pem(), asked(&ca, request).await.assert_issued().pem()).unwrap();
    let seen = asked(
        &ca,
        RequestBuilder::new()
            .field("O", "Other")
            .common_name("web01"),
    )
    .await;
    seen.assert_denied("permit subject O=Example only");
    asked(&ca, named(&["DNS:any.net"])).await.assert_issued();
}

#[tokio::test]
async fn constraints_of_the_certificates_above_count_too() {
    let root = Authority::new().with_name_constraints(&example());
    let below = root.intermediate("Issuing CA");
    asked(&below, named(&["DNS:www.example.com"]))
        .await
        .assert_issued();
    asked(&below, named(&["DNS:www.example.net"]))
        .await
        .assert_denied("permit DNS:example.com only");
}

#[tokio::test]
async fn what_presign_adds_is_held_against_them_too() {
    let ca = Authority::new().with_name_constraints(&example());
    let hooks = Scripted::granting(Validity::days(1)).presign(|_, draft| {
        draft.names_mut().push("DNS:www.example.net".parse()?);
        Ok(())
    });
    let harness = Harness::new(hooks).authority(ca);
    let request = named(&["DNS:www.example.com"]).build();
    harness
        .observe("web01", &request)
        .await
        .assert_denied("DNS:www.example.net");
}

/// RFC 5280 section 4.2.1.10: what cannot be processed is rejected.
#[test]
fn a_ca_whose_constraints_are_not_understood_is_no_identity() {
    for value in [
        &[0x30, 2, 5, 0][..],
        &[0x30, 4, 0xa0, 2, 0x30, 0],
        // A base of five octets for an address, and one with a minimum of 1.
        &[0x30, 11, 0xa0, 9, 0x30, 7, IP, 5, 1, 2, 3, 4, 5],
        &[0x30, 10, 0xa0, 8, 0x30, 6, DNS, 1, b'a', 0x80, 1, 1],
    ] {
        let made = std::panic::catch_unwind(|| {
            let ca = Authority::new().with_name_constraints(value);
            Identity::new(
                ca.key().private_key().clone(),
                ca.certificate().clone(),
                Vec::new(),
            )
        });
        let error = made.unwrap().unwrap_err().to_string();
        assert!(error.contains("name constraints"), "{error}");
    }
}
