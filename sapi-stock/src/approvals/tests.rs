//! Approvals, asked and decided.

use std::fs;
use std::time::{Duration, SystemTime};

use super::*;
use sapi::testing::{Harness, RequestBuilder};
use sapi::{CertRequest, Chain, FirstOf, IssuedCertificate, Terms, Validity};

struct Scene {
    folder: tempfile::TempDir,
    harness: Harness,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::new(Approvals::open(&settings(&folder)).unwrap()).at(noon());
        Self { folder, harness }
    }

    fn later(self, by: Duration) -> Self {
        let harness = self.harness.at(noon() + by);
        Self { harness, ..self }
    }

    async fn ask(
        &self,
        client: &str,
        request: &CertRequest,
    ) -> Result<IssuedCertificate, Rejection> {
        self.harness.issue(client, request).await
    }

    fn store(&self) -> Store {
        Store::existing(&self.folder.path().join("approvals")).unwrap()
    }

    fn decide(&self, client: &str, request: &CertRequest, decision: Decision) {
        let seen = self
            .store()
            .find(client, &request.sha256())
            .unwrap()
            .unwrap();
        self.store().decide(&seen, decision).unwrap();
    }

    fn files(&self, state: State) -> usize {
        let folder = self.folder.path().join("approvals").join(state.to_string());
        fs::read_dir(folder).unwrap().count()
    }
}

fn settings(folder: &tempfile::TempDir) -> Settings {
    serde_json::from_value(serde_json::json!({
        "folder": folder.path().join("approvals"),
        "validity": "48h",
        "retry_after": "90s",
        "max_pending_per_client": 2,
        "max_pending": 4,
        "max_age": "7d",
    }))
    .unwrap()
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn request(name: &str) -> CertRequest {
    RequestBuilder::new()
        .common_name(name)
        .dns(&format!("{name}.example"))
        .build()
}

fn yes() -> Approval {
    Approval::by("alice", noon())
}

fn no(reason: &str) -> Decision {
    Decision::Rejected(Refusal {
        by: "bob".into(),
        at: noon(),
        reason: reason.into(),
    })
}

fn assert_pending<T: std::fmt::Debug>(answer: &Result<T, Rejection>) {
    let Err(Rejection::Pending { retry_after }) = answer else {
        panic!("not pending: {answer:?}");
    };
    assert_eq!(*retry_after, Duration::from_secs(90));
}

fn reason<T: std::fmt::Debug>(answer: Result<T, Rejection>) -> String {
    match answer {
        Err(Rejection::Denied { reason }) => reason.into_owned(),
        other => panic!("no denial but {other:?}"),
    }
}

#[tokio::test]
async fn pending_then_approved_then_refreshed_until_withdrawn() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    assert_pending(&scene.ask("web01", &request).await);
    assert_eq!(scene.files(State::Pending), 1);
    scene.decide("web01", &request, Decision::Approved(yes()));
    assert_eq!(scene.files(State::Pending), 0);
    let first = scene.ask("web01", &request).await.unwrap();
    assert_eq!(first.names(), request.names());
    assert_eq!(first.not_after(), noon() + Duration::from_secs(48 * 3600));
    let second = scene.ask("web01", &request).await.unwrap();
    assert_ne!(first.serial(), second.serial());
    // The approval is of this client and this request alone.
    assert_pending(&scene.ask("web02", &request).await);
    assert_pending(&scene.ask("web01", &self::request("web01")).await);
    scene.decide("web01", &request, no("decommissioned"));
    assert_eq!(reason(scene.ask("web01", &request).await), "decommissioned");
    assert_eq!(scene.files(State::Approved), 0);
}

#[tokio::test]
async fn an_approval_stands_however_old_it_is() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    scene.decide("web01", &request, Decision::Approved(yes()));
    let scene = scene.later(Duration::from_secs(300 * 86_400));
    scene.ask("web01", &request).await.unwrap();
}

#[tokio::test]
async fn an_approval_may_set_names_subject_and_validity() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    let approval = Approval {
        validity: Some("1h".into()),
        names: Some(vec!["DNS:other.example".into()]),
        subject: Some(vec![
            ("O".into(), "Example".into()),
            ("CN".into(), "other".into()),
        ]),
        ..yes()
    };
    scene.decide("web01", &request, Decision::Approved(approval));
    let certificate = scene.ask("web01", &request).await.unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=other,O=Example");
    assert_eq!(certificate.names(), ["DNS:other.example".parse().unwrap()]);
    assert_eq!(certificate.not_after(), noon() + Duration::from_secs(3600));
}

#[tokio::test]
async fn quotas_hold_and_age_makes_room() {
    let scene = Scene::new();
    let (one, two) = (request("one"), request("two"));
    assert_pending(&scene.ask("web01", &one).await);
    assert_pending(&scene.ask("web01", &two).await);
    let third = scene.ask("web01", &request("three")).await;
    assert!(
        matches!(third, Err(Rejection::TooMany { .. })),
        "of one client: {third:?}"
    );
    assert_pending(&scene.ask("web02", &one).await);
    assert_pending(&scene.ask("web03", &one).await);
    let fifth = scene.ask("web04", &one).await;
    assert!(
        matches!(fifth, Err(Rejection::TooMany { .. })),
        "in all: {fifth:?}"
    );
    assert_pending(&scene.ask("web01", &two).await);
    let scene = scene.later(Duration::from_secs(7 * 86_400 + 1));
    assert_pending(&scene.ask("web04", &one).await);
    assert_eq!(scene.files(State::Pending), 1, "the others are forgotten");
}

#[tokio::test]
async fn a_rejection_is_forgotten_some_day() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    scene.decide("web01", &request, no("who are you?"));
    assert_eq!(reason(scene.ask("web01", &request).await), "who are you?");
    let scene = scene.later(Duration::from_secs(7 * 86_400 + 1));
    assert_pending(&scene.ask("web01", &request).await);
    assert_eq!(scene.files(State::Rejected), 0);
}

#[tokio::test]
async fn two_people_do_not_decide_over_each_other() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    let seen = scene
        .store()
        .find("web01", &request.sha256())
        .unwrap()
        .unwrap();
    scene.store().decide(&seen, no("no")).unwrap();
    let error = scene
        .store()
        .decide(&seen, Decision::Approved(yes()))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request of web01 was rejected by bob at 2023-11-14T22:13:20Z meanwhile"
    );
}

#[tokio::test]
async fn killed_between_two_folders_the_stricter_state_counts() {
    let scene = Scene::new();
    let request = request("web01");
    assert_pending(&scene.ask("web01", &request).await);
    let name = format!("web01-{}.json", request.sha256());
    let folder = scene.folder.path().join("approvals");
    let pending = fs::read(folder.join("pending").join(&name)).unwrap();
    scene.decide("web01", &request, Decision::Approved(yes()));
    fs::write(folder.join("pending").join(&name), pending).unwrap();
    scene.ask("web01", &request).await.unwrap();
    let approved = fs::read(folder.join("approved").join(&name)).unwrap();
    scene.decide("web01", &request, no("gone"));
    fs::write(folder.join("approved").join(&name), approved).unwrap();
    assert_eq!(reason(scene.ask("web01", &request).await), "gone");
    assert_eq!(scene.store().list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_not_ours_refuses() {
    let scene = Scene::new();
    let (request, other) = (request("web01"), self::request("web02"));
    assert_pending(&scene.ask("web01", &request).await);
    scene.decide("web01", &request, Decision::Approved(yes()));
    let folder = scene.folder.path().join("approvals");
    let own = folder
        .join("approved")
        .join(format!("web01-{}.json", request.sha256()));
    let copied = folder
        .join("approved")
        .join(format!("web02-{}.json", other.sha256()));
    fs::copy(&own, &copied).unwrap();
    let moved = folder
        .join("rejected")
        .join(format!("web01-{}.json", request.sha256()));
    fs::copy(&own, &moved).unwrap();
    for (client, request) in [("web02", &other), ("web01", &request)] {
        let refused = scene.ask(client, request).await.unwrap_err();
        assert_eq!(refused.slug(), "internal-error", "{client}");
    }
    fs::write(&moved, "{}").unwrap();
    let refused = scene.ask("web01", &request).await.unwrap_err();
    let cause = format!("{refused:?}");
    assert!(cause.contains("missing field"), "{cause}");
}

#[tokio::test]
async fn another_hook_may_grant_instead_but_a_no_is_heard_first() {
    struct Lab;
    #[async_trait]
    impl SigningHooks for Lab {
        fn name(&self) -> &str {
            "lab"
        }
        async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
            Ok(match cx.client().as_str() {
                "lab" => Verdict::Grant(Terms::valid_for(Validity::hours(1))),
                _ => Verdict::Abstain,
            })
        }
        async fn postsign(
            &self,
            cx: &mut SigningContext,
            _: &IssuedCertificate,
        ) -> Result<(), BoxError> {
            assert_eq!(cx.granted_by(), ["lab"]);
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let approvals = Approvals::open(&settings(&folder)).unwrap();
    let hooks = Chain::new()
        .then(approvals.rejections())
        .then(FirstOf::new().then(Lab).then(approvals));
    let scene = Scene {
        folder,
        harness: Harness::new(hooks).at(noon()),
    };
    let request = request("web01");
    scene.ask("lab", &request).await.unwrap();
    assert_eq!(scene.files(State::Pending), 0);
    assert_pending(&scene.ask("web01", &request).await);
    // The same request under the other name, known and rejected.
    let mut application = scene
        .store()
        .find("web01", &request.sha256())
        .unwrap()
        .unwrap();
    application.client = "lab".into();
    let limits = settings(&scene.folder).limits();
    scene.store().ask(application, &limits).unwrap();
    scene.decide("lab", &request, no("not this one"));
    assert_eq!(reason(scene.ask("lab", &request).await), "not this one");
}

#[tokio::test]
async fn approvals_pass_the_conformance_suite() {
    let folder = tempfile::tempdir().unwrap();
    let approvals = Approvals::open(&settings(&folder)).unwrap();
    let hooks = Chain::new().then(approvals.rejections()).then(approvals);
    sapi::testing::conformance(hooks)
        .client("web01")
        .run()
        .await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_stops_the_start() {
    let scene = Scene::new();
    scene.harness.boot().await.unwrap();
    fs::remove_dir_all(scene.folder.path()).unwrap();
    let error = scene.harness.boot().await.unwrap_err().to_string();
    assert!(error.contains("/approvals: "), "{error}");
}

#[tokio::test]
async fn a_rehearsal_before_the_first_start_finds_no_request_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hooks = Approvals::rehearsing(&settings(&folder)).unwrap();
    let harness = Harness::new(hooks).at(noon()).rehearsing();
    harness.boot().await.unwrap();
    let seen = harness
        .observe("web01", &request("web01.example.com"))
        .await;
    assert!(
        matches!(seen.rejection(), Some(Rejection::Pending { .. })),
        "{seen}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_could_not_be_made_either_is_named_with_its_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    let parent = format!("there is no folder {}", folder.path().display());
    let open = Approvals::open(&settings(&folder)).unwrap_err().to_string();
    assert!(open.contains(&parent), "{open}");
    let rehearsing = Approvals::rehearsing(&settings(&folder))
        .unwrap_err()
        .to_string();
    assert!(
        rehearsing.contains("no such folder; the service makes it"),
        "{rehearsing}"
    );
}
