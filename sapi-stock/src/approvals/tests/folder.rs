//! The folder of requests: damaged, unusable, not there yet.

use std::fs;

use sapi::Rejection;
use sapi::testing::Harness;

use super::super::{Approvals, Decision};
use super::scene::{Scene, assert_pending, no, noon, reason, request, settings, yes};

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
    let (request, other) = (request("web01"), request("web02"));
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
