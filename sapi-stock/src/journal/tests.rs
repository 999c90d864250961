//! The journal, written and read.

mod damage;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::*;
use sapi::testing::{Harness, RequestBuilder};
use sapi::{Chain, Rejection, SigningContext, SigningHooks, Terms, Verdict};

/// Stands for any policy: the journal itself grants nothing.
struct GrantAll;

#[sapi::async_trait]
impl SigningHooks for GrantAll {
    fn name(&self) -> &str {
        "grant-all"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(sapi::Validity::days(1));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }
}

struct Scene {
    folder: tempfile::TempDir,
    harness: Arc<Harness>,
    journal: Journal,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        let harness = Harness::new(Chain::new().then(GrantAll).then(journal.clone()));
        let harness = Arc::new(harness.at(noon()));
        Self {
            folder,
            harness,
            journal,
        }
    }

    async fn issue(&self, client: &str) -> SerialNumber {
        let request = RequestBuilder::new()
            .common_name(client)
            .dns(&format!("{client}.example"))
            .build();
        let certificate = self.harness.issue(client, &request).await.unwrap();
        certificate.serial().clone()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("journal").join(name)
    }

    fn lines(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path(JOURNAL)).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        text.lines().map(str::to_owned).collect()
    }

    fn write(&self, lines: &[String]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(self.path(JOURNAL), text).unwrap();
    }

    /// What `verify` and `open` say is wrong.
    fn fault(&self) -> String {
        let fresh = Journal::read_only(self.journal.folder()).unwrap();
        let error = fresh.verify().unwrap_err().to_string();
        assert_eq!(
            Journal::open(self.journal.folder())
                .unwrap_err()
                .to_string(),
            error
        );
        error
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

#[tokio::test]
async fn a_line_in_both_forms_for_each_certificate() {
    let scene = Scene::new();
    let request = RequestBuilder::new()
        .field("O", "Räksmörgås\\ AB")
        .field("CN", "web\"01")
        .dns("a.example")
        .build();
    let certificate = scene.harness.issue("web01", &request).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&scene.lines()[0]).unwrap();
    for (field, expected) in [
        ("time", "2023-11-14T22:13:20Z"),
        ("event", "issued"),
        ("client", "web01"),
        ("serial", &certificate.serial().to_string()),
        ("not_after", "2023-11-15T22:13:20Z"),
        ("fingerprint", &certificate.fingerprint()),
        ("request_sha256", &request.sha256()),
        ("public_key_sha256", &request.public_key_sha256()),
        ("certificate", certificate.pem()),
    ] {
        assert_eq!(line[field], expected, "{field}");
    }
    assert_eq!(line["names"], serde_json::json!(["DNS:a.example"]));
    assert_eq!(line["granted_by"], serde_json::json!(["grant-all"]));
    assert_eq!(line["request_id"].as_str().map(str::is_empty), Some(false));
    // The subject as OpenSSL itself writes it.
    let openssl = Command::new("openssl")
        .args(["x509", "-noout", "-subject", "-nameopt", "compat", "-in"])
        .arg({
            let path = scene.folder.path().join("cert.pem");
            fs::write(&path, certificate.pem()).unwrap();
            path
        })
        .output()
        .expect("openssl is not installed: apt-get install openssl");
    let subject = String::from_utf8(openssl.stdout).unwrap();
    let subject = subject.trim_end().strip_prefix("subject=").unwrap();
    let serial = certificate.serial().to_string().to_uppercase();
    assert_eq!(
        fs::read_to_string(scene.path(INDEX)).unwrap(),
        format!("V\t231115221320Z\t\t{serial}\tunknown\t{subject}\n")
    );
}

#[tokio::test]
async fn a_revocation_is_seen_by_every_instance() {
    let scene = Scene::new();
    let (serial, other) = (scene.issue("web01").await, scene.issue("web02").await);
    let elsewhere = Journal::open(scene.journal.folder()).unwrap();
    assert!(!scene.journal.is_revoked(&serial).unwrap());
    elsewhere
        .revoke(&serial, Reason::KeyCompromise, noon())
        .unwrap();
    assert!(scene.journal.is_revoked(&serial).unwrap());
    assert!(!scene.journal.is_revoked(&other).unwrap());
    let index = fs::read_to_string(scene.path(INDEX)).unwrap();
    let rows: Vec<_> = index.lines().collect();
    assert!(
        rows[0].starts_with("R\t231115221320Z\t231114221320Z,keyCompromise\t"),
        "{index}"
    );
    assert!(rows[1].starts_with("V\t231115221320Z\t\t"), "{index}");
    let summary = scene.journal.verify().unwrap();
    assert_eq!((summary.lines, summary.issued, summary.revoked), (3, 2, 1));
    // And the first instance goes on in the same chain.
    scene.issue("web03").await;
    assert_eq!(elsewhere.verify().unwrap().lines, 4);
}

#[tokio::test]
async fn only_a_hold_is_revoked_again() {
    let scene = Scene::new();
    let serial = scene.issue("web01").await;
    let revoke = |reason| scene.journal.revoke(&serial, reason, noon());
    revoke(Reason::CertificateHold).unwrap();
    assert!(matches!(
        revoke(Reason::CertificateHold),
        Err(JournalError::AlreadyRevoked(_))
    ));
    revoke(Reason::PrivilegeWithdrawn).unwrap();
    assert!(matches!(
        revoke(Reason::Superseded),
        Err(JournalError::AlreadyRevoked(_))
    ));
    let unknown = "07".parse().unwrap();
    let error = scene
        .journal
        .revoke(&unknown, Reason::Superseded, noon())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no certificate of the journal has the serial number 07"
    );
    // A reason that openssl ca does not know is left out of its index.
    let index = fs::read_to_string(scene.path(INDEX)).unwrap();
    assert!(
        index.starts_with("R\t231115221320Z\t231114221320Z\t"),
        "{index}"
    );
    let record = &scene.journal.find(|_| true).unwrap()[0];
    assert_eq!(
        record.revoked.as_ref().unwrap().reason,
        Reason::PrivilegeWithdrawn
    );
    scene.journal.verify().unwrap();
}

#[tokio::test]
async fn lines_of_concurrent_requests_stay_whole() {
    let scene = Arc::new(Scene::new());
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.issue(&format!("web{number}")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let summary = scene.journal.verify().unwrap();
    assert_eq!((summary.issued, summary.index_behind), (40, false));
}

#[tokio::test]
async fn what_cannot_be_written_down_is_withheld() {
    let scene = Scene::new();
    scene.issue("web01").await;
    fs::remove_file(scene.path(INDEX)).unwrap();
    fs::create_dir(scene.path(INDEX)).unwrap();
    let request = RequestBuilder::new().common_name("web02").build();
    let rejection = scene.harness.issue("web02", &request).await.unwrap_err();
    assert_eq!(rejection.slug(), "withheld");
    let cause = format!("{rejection:?}");
    assert!(cause.contains("index.txt: "), "{cause}");
}

#[tokio::test]
async fn a_journal_that_shrinks_under_a_writer_stops_it() {
    let scene = Scene::new();
    scene.issue("web01").await;
    fs::write(scene.path(JOURNAL), "").unwrap();
    let request = RequestBuilder::new().common_name("web02").build();
    let rejection = scene.harness.issue("web02", &request).await.unwrap_err();
    let cause = format!("{rejection:?}");
    assert!(cause.contains("the file is shorter than it was"), "{cause}");
}

#[tokio::test]
async fn a_journal_that_cannot_be_opened_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("journal")).unwrap();
    let harness = Harness::new(journal);
    harness.boot().await.unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    let error = harness.boot().await.unwrap_err().to_string();
    assert!(error.contains("/journal: there is no folder "), "{error}");
}

#[tokio::test]
async fn a_rehearsal_writes_nothing_and_needs_no_journal_yet() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::rehearsing(&folder.path().join("journal")).unwrap();
    let harness = Harness::new(journal.clone()).rehearsing();
    harness.boot().await.unwrap();
    assert!(
        !journal
            .is_revoked(&SerialNumber::random().unwrap())
            .unwrap()
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let nowhere = folder.path().join("missing/journal");
    assert!(Journal::rehearsing(&nowhere).is_err());
}
