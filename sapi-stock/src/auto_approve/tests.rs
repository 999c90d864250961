//! Rules, asked.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::*;
use sapi::CertRequest;
use sapi::testing::{Harness, RequestBuilder};

fn opened(settings: Value) -> Result<AutoApprove, BoxError> {
    AutoApprove::open(&serde_json::from_value(settings)?)
}

fn harness(settings: Value) -> Harness {
    Harness::new(opened(settings).unwrap())
}

fn of(common_name: &str, names: &[&str]) -> CertRequest {
    let mut request = RequestBuilder::new().common_name(common_name);
    for name in names {
        request = request.name(name.parse().unwrap());
    }
    request.build()
}

async fn granted(harness: &Harness, client: &str, request: &CertRequest) -> bool {
    match harness.issue(client, request).await {
        Ok(certificate) => {
            assert_eq!(certificate.names(), request.names());
            true
        }
        Err(rejection) => {
            assert_eq!(rejection.slug(), "denied", "{rejection:?}");
            false
        }
    }
}

#[tokio::test]
async fn a_rule_grants_what_it_covers_and_nothing_else() {
    let harness = harness(json!({"rules": {"web": {
        "client": "web*",
        "name_suffixes": [".example.com", "@example.com"],
        "names": ["IP:192.0.2.1", "DNS:*.wild.example"],
        "validity": "48h",
    }}}));
    for (client, cn, names) in [
        ("web01", "web01", &[][..]),
        (
            "web01",
            "A.b.example.com",
            &["DNS:A.b.example.com", "email:ops@EXAMPLE.com"],
        ),
        ("web01", "web01", &["IP:192.0.2.1", "DNS:*.wild.example"]),
    ] {
        assert!(
            granted(&harness, client, &of(cn, names)).await,
            "{client} {cn} {names:?}"
        );
    }
    for (client, cn, names) in [
        ("mail01", "mail01", &[][..]),
        ("web01", "web02", &[]),
        ("web01", "x.example.com", &[]),
        ("web01", "web01", &["DNS:example.com"]),
        ("web01", "web01", &["DNS:notexample.com"]),
        (
            "web01",
            "web01",
            &["DNS:a.example.com", "DNS:a.example.com.evil.net"],
        ),
        ("web01", "web01", &["DNS:*.example.com"]),
        ("web01", "web01", &["email:ops@mail.example.com"]),
        ("web01", "web01", &["IP:192.0.2.2"]),
        ("web01", "web01", &["URI:https://a.example.com"]),
    ] {
        assert!(
            !granted(&harness, client, &of(cn, names)).await,
            "{client} {cn} {names:?}"
        );
    }
    let more = RequestBuilder::new()
        .common_name("web01")
        .field("O", "Somebody Else");
    assert!(!granted(&harness, "web01", &more.build()).await);
}

#[tokio::test]
async fn a_subject_has_the_fields_of_the_rule_and_no_other() {
    let harness = harness(json!({"rules": {"staff": {
        "client": "*", "subject": {"O": "Example", "CN": "staff *"}, "validity": "1h",
    }}}));
    let request = |fields: &[(&str, &str)]| {
        let fields = fields.iter();
        fields
            .fold(RequestBuilder::new(), |request, (field, value)| {
                request.field(field, value)
            })
            .build()
    };
    let good = request(&[("O", "Example"), ("CN", "staff alice")]);
    assert!(granted(&harness, "alice", &good).await);
    for bad in [
        &[("CN", "staff alice")][..],
        &[("O", "Other"), ("CN", "staff alice")],
        &[("O", "Example"), ("CN", "boss")],
        &[
            ("O", "Example"),
            ("CN", "staff alice"),
            ("CN", "www.bank.example"),
        ],
        &[("O", "Example"), ("OU", "Board"), ("CN", "staff alice")],
    ] {
        assert!(!granted(&harness, "alice", &request(bad)).await, "{bad:?}");
    }
}

#[tokio::test]
async fn the_first_so_many_then_never_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = json!({
        "folder": folder.path().join("counts"),
        "rules": {"boot-strap": {"client": "*", "validity": "1h", "first": 2}},
    });
    let harness = self::harness(settings.clone());
    let (one, two) = (of("one", &[]), of("two", &[]));
    assert!(granted(&harness, "one", &one).await);
    assert!(granted(&harness, "two", &two).await);
    assert!(!granted(&harness, "three", &of("three", &[])).await);
    // Counted once each: they are refreshed, after a restart too; another request of theirs is another.
    let restarted = self::harness(settings);
    assert!(granted(&restarted, "one", &one).await);
    assert!(!granted(&restarted, "one", &of("one", &[])).await);
    assert!(!granted(&restarted, "two", &one).await);
}

#[tokio::test]
async fn concurrent_requests_are_counted_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = json!({
        "folder": folder.path(),
        "rules": {"all": {"client": "*", "validity": "1h", "first": 5}},
    });
    let instances = [harness(settings.clone()), harness(settings)].map(Arc::new);
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let harness = Arc::clone(&instances[number % 2]);
            let client = format!("client{number}");
            tokio::spawn(async move { granted(&harness, &client, &of(&client, &[])).await })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += usize::from(task.await.unwrap());
    }
    assert_eq!(count, 5);
}

#[tokio::test]
async fn certificates_of_a_rule_are_marked_and_hold_as_it_says() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let harness = harness(json!({
        "mark": "1.3.6.1.4.1.32473.2",
        "rules": {"all": {"client": "*", "validity": "2h"}},
    }))
    .at(now);
    let certificate = harness.issue("web01", &of("web01", &[])).await.unwrap();
    assert_eq!(certificate.not_after(), now + Duration::from_secs(7200));
    let text = certificate.as_openssl().unwrap().to_text().unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("Policy: 1.3.6.1.4.1.32473.2"), "{text}");
}

#[tokio::test]
async fn rules_pass_the_conformance_suite() {
    let folder = tempfile::tempdir().unwrap();
    let rules = opened(json!({
        "folder": folder.path(),
        "mark": "1.3.6.1.4.1.32473.2",
        "rules": {
            "few": {"client": "web02", "validity": "1h", "first": 5},
            "web": {
                "client": "web01",
                "names": ["DNS:www.example.com"],
                "name_suffixes": [".web.example"],
                "validity": "1h",
            },
        },
    }));
    sapi::testing::conformance(rules.unwrap())
        .client("web01")
        .client("web02")
        .name("DNS:www.example.com")
        .name("DNS:a.web.example")
        .run()
        .await;
}

#[test]
fn a_slip_of_the_pen_stops_the_start() {
    for (settings, wrong) in [
        (json!({"rules": {}}), "rules: there are none"),
        (
            json!({"rules": {"a/b": {"client": "*", "validity": "1h"}}}),
            "rules.a/b: the name",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "1h", "name_suffixes": ["example.com"]}}}),
            "must begin with .",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "1h", "name_suffixes": ["."]}}}),
            "rules.a: name_suffixes",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "soon"}}}),
            "not a validity",
        ),
        (
            json!({"rules": {"a": {"validity": "1h"}}}),
            "missing field `client`",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "1h", "names": ["x"]}}}),
            "does not begin",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "1h"}}, "mark": "x"}),
            "mark: \"x\"",
        ),
        (
            json!({"rules": {"a": {"client": "*", "validity": "1h", "frist": 1}}}),
            "frist",
        ),
    ] {
        let error = opened(settings.clone()).unwrap_err().to_string();
        assert!(error.contains(wrong), "{settings}\n{error}");
    }
}
