//! Members, asked for certificates.

use sapi::testing::{Harness, RequestBuilder};

use super::*;

const LIST: &str = r#"
[clients.web01]
names = ["DNS:www.example.com", "IP:192.0.2.1"]
validity = "90d"

[clients.backup]
validity = "12h"
"#;

fn members(list: &str, crl_url: Option<&str>) -> Result<Members, BoxError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("members.toml");
    fs::write(&file, list).unwrap();
    let crl_url = crl_url.map(str::to_owned);
    Members::open(&Settings { file, crl_url })
}

fn harness() -> Harness {
    Harness::new(members(LIST, None).unwrap())
}

#[tokio::test]
async fn a_member_gets_its_names_for_its_time() {
    let request = RequestBuilder::new()
        .common_name("web01")
        .dns("WWW.example.com")
        .ip([192, 0, 2, 1])
        .build();
    let certificate = harness().issue("web01", &request).await.unwrap();
    assert_eq!(certificate.names(), request.names());
    let lasts = certificate
        .not_after()
        .duration_since(certificate.not_before());
    assert_eq!(lasts.unwrap().as_secs(), 90 * 86_400 + 300);
}

#[tokio::test]
async fn only_the_names_asked_for_are_granted() {
    let request = RequestBuilder::new()
        .common_name("web01")
        .ip([192, 0, 2, 1])
        .build();
    let certificate = harness().issue("web01", &request).await.unwrap();
    assert_eq!(certificate.names(), ["IP:192.0.2.1".parse().unwrap()]);
}

#[tokio::test]
async fn a_member_without_names_gets_none() {
    let request = RequestBuilder::new().common_name("backup").build();
    assert!(harness().issue("backup", &request).await.is_ok());
    let request = RequestBuilder::new().dns("www.example.com").build();
    let answer = harness().issue("backup", &request).await;
    assert_eq!(
        reason(answer),
        "DNS:www.example.com: names of this kind are not allowed"
    );
}

#[tokio::test]
async fn the_common_name_is_the_members_own() {
    for own in ["web01", "www.example.com"] {
        let request = RequestBuilder::new().common_name(own);
        let request = request.dns("www.example.com").build();
        assert!(harness().issue("web01", &request).await.is_ok(), "{own}");
    }
    // A listed name, but not one that this request asks for.
    for other in ["www.google.com", "www.example.com"] {
        let request = RequestBuilder::new().common_name(other).build();
        assert_eq!(
            reason(harness().issue("web01", &request).await),
            format!(
                "subject: CN={other} is neither the client's identifier nor one of the names asked for"
            )
        );
    }
}

#[tokio::test]
async fn no_other_field_of_the_subject_is_granted() {
    for (field, value) in [
        ("O", "Bank"),
        ("emailAddress", "a@example.com"),
        ("serialNumber", "7"),
    ] {
        let request = RequestBuilder::new().common_name("web01");
        let request = request.field(field, value).build();
        assert_eq!(
            reason(harness().issue("web01", &request).await),
            format!("subject: {field} is not allowed")
        );
    }
    let request = RequestBuilder::new()
        .common_name("web01")
        .common_name("root");
    let told = reason(harness().issue("web01", &request.build()).await);
    assert!(told.starts_with("subject: CN=root is neither"), "{told}");
}

#[tokio::test]
async fn strangers_are_denied() {
    let request = RequestBuilder::new().common_name("web01").build();
    for stranger in ["web02", "WEB01"] {
        assert_eq!(
            reason(harness().issue(stranger, &request).await),
            "unknown client"
        );
    }
}

#[tokio::test]
async fn one_name_too_many_denies_them_all() {
    let request = RequestBuilder::new()
        .dns("www.example.com")
        .dns("mail.example.com")
        .build();
    let answer = harness().issue("web01", &request).await;
    assert_eq!(
        reason(answer),
        "DNS:mail.example.com: is not among the allowed names"
    );
}

#[tokio::test]
async fn the_crl_is_named_if_the_settings_do() {
    let url = "http://ca.example.com/ca.crl";
    let harness = Harness::new(members(LIST, Some(url)).unwrap());
    let request = RequestBuilder::new().common_name("backup").build();
    let certificate = harness.issue("backup", &request).await.unwrap();
    let points = certificate
        .as_openssl()
        .unwrap()
        .crl_distribution_points()
        .unwrap();
    let names = points
        .get(0)
        .unwrap()
        .distpoint()
        .unwrap()
        .fullname()
        .unwrap();
    assert_eq!(names.get(0).unwrap().uri(), Some(url));
    assert!(members(LIST, Some("not a url")).is_err());
}

#[test]
fn a_slip_in_the_file_stops_the_start_and_is_named_with_its_line() {
    for (list, line, slip) in [
        (
            "[clients.a]\nvalidity = \"1d\"\nnames = [\n\"www\"]",
            4,
            "\"www\"",
        ),
        ("[clients.a]\nvalidity = \"soon\"", 2, "soon"),
        ("[clients.a]\nvalidty = \"1d\"", 2, "validty"),
        ("\n[client.a]\nvalidity = \"1d\"", 2, "client"),
        ("[clients.web-01]\nvalidity = \"1d\"", 1, "web-01"),
        ("[clients.a]\nnames = []", 1, "validity"),
        ("[clients.a]\n\nvalidity = 1", 3, "string"),
        (
            "[clients.a]\nvalidity = \"1d\"\n[clients.a]",
            3,
            "duplicate",
        ),
        ("[clients.a", 1, ""),
    ] {
        let error = members(list, None).unwrap_err().to_string();
        let place = format!("members.toml:{line}: ");
        assert!(
            error.contains(&place) && error.contains(slip),
            "{list}\n{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let file = PathBuf::from("/nowhere/members.toml");
    let error = Members::open(&Settings {
        file,
        crl_url: None,
    })
    .unwrap_err();
    assert!(
        error.to_string().starts_with("/nowhere/members.toml: "),
        "{error}"
    );
}

#[test]
fn the_example_list_is_sound() {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/members.toml"));
    let members = Members::open(&Settings {
        file,
        crl_url: None,
    })
    .unwrap();
    assert!(members.clients.contains_key("web01"));
}

fn reason<T: std::fmt::Debug>(answer: Result<T, Rejection>) -> String {
    match answer.unwrap_err() {
        Rejection::Denied { reason } => reason.into_owned(),
        other => panic!("not a denial: {other:?}"),
    }
}
