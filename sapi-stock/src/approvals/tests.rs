//! Approvals, asked and decided.

mod folder;
mod scene;

use std::fs;
use std::time::Duration;

use super::*;
use sapi::testing::Harness;
use sapi::{Chain, FirstOf, IssuedCertificate, Terms, Validity};
use scene::{Scene, assert_pending, no, noon, reason, request, settings, yes};

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
        validity: Some(Validity::hours(1)),
        names: Some(vec!["DNS:other.example".parse().unwrap()]),
        subject: DistinguishedName::from_fields([("O", "Example"), ("CN", "other")]).ok(),
        ..yes()
    };
    scene.decide("web01", &request, Decision::Approved(approval));
    let path = format!("approvals/approved/web01-{}.json", request.sha256());
    let file = fs::read(scene.folder.path().join(path)).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(
        kept["decision"],
        serde_json::json!({
            "verdict": "approved", "by": "alice", "at": "2023-11-14T22:13:20Z", "validity": "1h",
            "names": ["DNS:other.example"], "subject": [["O", "Example"], ["CN", "other"]],
        })
    );
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
