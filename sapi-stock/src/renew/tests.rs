//! Renewals, asked.

use crate::journal::Reason;
use sapi::testing::{Authority, Harness, RequestBuilder, TestKey};
use sapi::{Chain, IssuedCertificate, Peer, PeerCertificate};

use super::*;

/// Issues the certificates that are renewed later.
struct GrantAll;

#[async_trait]
impl SigningHooks for GrantAll {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(Validity::days(90));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }
}

struct Scene {
    _folder: tempfile::TempDir,
    journal: Journal,
    authority: Authority,
    key: TestKey,
    old: IssuedCertificate,
}

impl Scene {
    /// A certificate issued at noon, for ninety days.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let authority = Authority::new();
        let key = TestKey::p256();
        let old = Harness::new(Chain::new().then(GrantAll).then(journal.clone()))
            .authority(authority.clone())
            .at(noon())
            .issue("web01", &wanted().key(key.clone()).build())
            .await
            .unwrap();
        Self {
            _folder: folder,
            journal,
            authority,
            key,
            old,
        }
    }

    /// Sends a request so many days later, with the old certificate.
    async fn ask(
        &self,
        settings: &str,
        day: u64,
        request: RequestBuilder,
    ) -> Result<IssuedCertificate, Rejection> {
        let settings = serde_json::from_str(settings).unwrap();
        let renew = RenewByCertificate::new(&settings, self.journal.clone());
        let now = noon() + Duration::from_secs(day * 86_400);
        let anchors = [self.authority.certificate().clone()];
        let pem = self.old.pem().as_bytes();
        // As the server does it.
        let peer = match PeerCertificate::verify(pem, &anchors, now) {
            Ok(certificate) => Peer::local().with_certificate(certificate),
            Err(_) => Peer::local().with_expired_certificate(
                PeerCertificate::verify_expired(pem, &anchors, now).unwrap(),
            ),
        };
        Harness::new(Chain::new().then(renew).then(self.journal.clone()))
            .authority(self.authority.clone())
            .at(now)
            .peer(peer)
            .issue("web01", &request.build())
            .await
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn wanted() -> RequestBuilder {
    RequestBuilder::new()
        .field("O", "Example")
        .common_name("web01")
        .dns("www.example.com")
        .ip([192, 0, 2, 1])
        .email("ops@example.com")
        .uri("spiffe://example.com/web")
}

fn denied<T: std::fmt::Debug>(answer: Result<T, Rejection>) -> String {
    match answer {
        Err(Rejection::Denied { reason }) => reason.into_owned(),
        other => panic!("no denial but {other:?}"),
    }
}

const NOBODY: &str = "no policy of this certificate authority covers the request";

#[tokio::test]
async fn the_same_again_for_a_new_key() {
    let scene = Scene::new().await;
    let new = scene.ask("{}", 60, wanted()).await.unwrap();
    assert_eq!(new.subject(), scene.old.subject());
    assert_eq!(new.names(), scene.old.names());
    assert_ne!(new.serial(), scene.old.serial());
    let lasts = |of: &IssuedCertificate| of.not_after().duration_since(of.not_before()).unwrap();
    assert!(lasts(&new) <= lasts(&scene.old) + Duration::from_secs(300));
    let records = scene
        .journal
        .find(|issued| issued.serial == *new.serial())
        .unwrap();
    assert_eq!(records[0].issued.granted_by, ["renew"]);
    let decided = format!("certificate {}", scene.old.serial());
    assert_eq!(records[0].issued.decided_by, Some(decided));
    // Who asks for fewer names, or for none, gets all the same.
    let bare = RequestBuilder::new()
        .field("O", "Example")
        .common_name("web01");
    let new = scene.ask(r#"{"validity": "1d"}"#, 60, bare).await.unwrap();
    assert_eq!(new.names(), scene.old.names());
    assert_eq!(new.not_after(), noon() + Duration::from_secs(61 * 86_400));
}

#[tokio::test]
async fn nothing_more_than_before() {
    let scene = Scene::new().await;
    let other = || RequestBuilder::new().field("O", "Example");
    for (what, request) in [
        ("another name", wanted().dns("mail.example.com")),
        ("another subject", other().common_name("web02")),
        ("another field", wanted().field("OU", "Board")),
        ("the same key", wanted().key(scene.key.clone())),
    ] {
        assert_eq!(denied(scene.ask("{}", 60, request).await), NOBODY, "{what}");
    }
}

#[tokio::test]
async fn only_within_the_window() {
    let scene = Scene::new().await;
    let window = r#"{"window": "30d"}"#;
    for (day, granted) in [(1, false), (59, false), (60, true), (89, true), (91, false)] {
        let answer = scene.ask(window, day, wanted()).await;
        assert_eq!(answer.is_ok(), granted, "day {day}: {answer:?}");
    }
}

#[tokio::test]
async fn late_only_as_long_as_the_settings_say() {
    let scene = Scene::new().await;
    let late = r#"{"window": "30d", "after_expiry": "7d"}"#;
    for (day, granted) in [
        (89, true),
        (91, true),
        (97, true),
        (98, false),
        (300, false),
    ] {
        let answer = scene.ask(late, day, wanted()).await;
        assert_eq!(answer.is_ok(), granted, "day {day}: {answer:?}");
    }
    let serial = scene.old.serial();
    scene
        .journal
        .revoke(serial, Reason::KeyCompromise, noon())
        .unwrap();
    let reason = denied(scene.ask(late, 91, wanted()).await);
    assert_eq!(reason, "the client certificate is revoked");
}

#[test]
fn an_expired_certificate_is_verified_in_all_else() {
    let until = noon() + Duration::from_secs(60);
    let authority = Authority::new().valid(noon(), until);
    let pem = authority
        .client_certificate("web01", &TestKey::p256())
        .to_pem()
        .unwrap();
    let anchors = [authority.certificate().clone()];
    let verify = |anchors, seconds| {
        let now = noon() + Duration::from_secs(seconds);
        let verified = PeerCertificate::verify_expired(&pem, anchors, now);
        verified.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(verify(&anchors, 61), Ok(()));
    assert_eq!(verify(&anchors, 60), Ok(()));
    let holds = Err("client certificate: has not expired".to_owned());
    assert_eq!(verify(&anchors, 59), holds);
    let stranger = [Authority::new().certificate().clone()];
    assert!(verify(&stranger, 61).is_err());
}

#[tokio::test]
async fn a_revoked_certificate_is_not_renewed_even_if_others_would_grant() {
    let scene = Scene::new().await;
    scene
        .journal
        .revoke(scene.old.serial(), Reason::KeyCompromise, noon())
        .unwrap();
    let reason = denied(scene.ask("{}", 60, wanted()).await);
    assert_eq!(reason, "the client certificate is revoked");
    let renew = RenewByCertificate::new(&Settings::default(), scene.journal.clone());
    let anchors = [scene.authority.certificate().clone()];
    let peer = PeerCertificate::verify(scene.old.pem().as_bytes(), &anchors, noon()).unwrap();
    let first = sapi::FirstOf::new().then(renew).then(GrantAll);
    let harness = Harness::new(first)
        .authority(scene.authority.clone())
        .at(noon())
        .peer(Peer::local().with_certificate(peer));
    let answer = harness.issue("web01", &wanted().build()).await;
    assert_eq!(denied(answer), "the client certificate is revoked");
}

#[tokio::test]
async fn renewal_passes_the_conformance_suite_with_a_journal_behind_it() {
    let scene = Scene::new().await;
    let renew = RenewByCertificate::new(&Settings::default(), scene.journal.clone());
    let anchors = [scene.authority.certificate().clone()];
    let peer = PeerCertificate::verify(scene.old.pem().as_bytes(), &anchors, noon()).unwrap();
    let authority = scene.authority.clone();
    sapi::testing::conformance(Chain::new().then(renew).then(scene.journal.clone()))
        .harness(|harness| harness.authority(authority).at(noon()))
        .client("web01")
        .peer(Peer::local().with_certificate(peer))
        .run()
        .await;
    scene.journal.verify().unwrap();
}

#[tokio::test]
async fn certificates_of_others_are_no_ground() {
    let scene = Scene::new().await;
    let stranger = Authority::new();
    let renew = RenewByCertificate::new(&Settings::default(), scene.journal.clone());
    for peer in [
        Peer::local(),
        Peer::local().with_certificate(stranger.peer_certificate("web01")),
    ] {
        let harness = Harness::new(renew.clone())
            .authority(scene.authority.clone())
            .peer(peer);
        let request = RequestBuilder::new().common_name("web01").build();
        assert_eq!(denied(harness.issue("web01", &request).await), NOBODY);
    }
}
