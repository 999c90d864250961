//! Several hooks acting as one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sapi::testing::{Harness, RequestBuilder};
use sapi::{
    AltName, BoxError, Chain, Issuer, Rejection, SerialNumber, SigningHooks, Terms, Validity,
    Verdict, async_trait,
};

use super::scripted::{Scripted, request};

#[tokio::test]
async fn abstaining_is_no_grant() {
    for hooks in [
        Chain::new(),
        Chain::new().then(Scripted::default()),
        Chain::new()
            .then(Scripted::default())
            .then(Scripted::default()),
    ] {
        let answer = Harness::new(hooks).issue("web01", &request()).await;
        assert_eq!(answer.unwrap_err().slug(), "denied");
    }
}

#[tokio::test]
async fn the_first_rejection_ends_the_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = |answer: fn() -> Result<Verdict, Rejection>| {
        let asked = Arc::clone(&asked);
        Scripted::default().authorize(move |_| {
            asked.fetch_add(1, Ordering::SeqCst);
            answer()
        })
    };
    let hooks = Chain::new()
        .then(Scripted::granting(Validity::days(1)))
        .then(counting(|| Err(Rejection::denied("first"))))
        .then(counting(|| Err(Rejection::denied("second"))));
    let rejection = Harness::new(hooks).issue("web01", &request()).await;
    let Err(Rejection::Denied { reason }) = rejection else {
        panic!("{rejection:?}");
    };
    assert_eq!(reason, "first");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn every_kind_of_rejection_comes_through() {
    let minute = std::time::Duration::from_secs(60);
    type Make = fn(std::time::Duration) -> Rejection;
    let kinds: [(Make, &str); 5] = [
        (|_| Rejection::denied("no"), "denied"),
        (Rejection::pending, "pending"),
        (|_| Rejection::unauthenticated("Bearer"), "unauthenticated"),
        (Rejection::too_many, "too-many-requests"),
        (|_| Rejection::failed("broken"), "internal-error"),
    ];
    for (make, slug) in kinds {
        let authorize = Scripted::default().authorize(move |_| Err(make(minute)));
        let serial = Scripted::granting(Validity::days(1)).serial(move || Err(make(minute)));
        let presign = Scripted::granting(Validity::days(1)).presign(move |_, _| Err(make(minute)));
        for hooks in [authorize, serial, presign] {
            let rejection = Harness::new(hooks)
                .issue("web01", &request())
                .await
                .unwrap_err();
            assert_eq!(rejection.slug(), slug);
        }
    }
}

#[tokio::test]
async fn grants_narrow_one_another_in_any_order() {
    let name = |text: &str| text.parse::<AltName>().unwrap();
    let grants = [
        Terms::valid_for(Validity::days(3))
            .with_names([name("DNS:a.example"), name("DNS:b.example")]),
        Terms::valid_for(Validity::days(1))
            .with_names([name("DNS:b.example"), name("IP:192.0.2.1")]),
        Terms::valid_for(Validity::days(2))
            .with_names([name("DNS:B.EXAMPLE"), name("DNS:a.example")]),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut hooks = Chain::new().then(Scripted::default());
        for place in order {
            let terms = grants[place].clone();
            hooks = hooks
                .then(Scripted::default().authorize(move |_| Ok(Verdict::Grant(terms.clone()))));
        }
        let certificate = Harness::new(hooks)
            .issue("web01", &request())
            .await
            .unwrap();
        assert_eq!(certificate.names(), [name("DNS:b.example")]);
        let lasts = certificate
            .not_after()
            .duration_since(certificate.not_before());
        assert_eq!(lasts.unwrap().as_secs(), 86_400 + 300, "{order:?}");
    }
}

#[tokio::test]
async fn the_first_serial_number_wins() {
    let serial = |n: u8| SerialNumber::from_be_bytes(&[n]).ok();
    let hooks = Chain::new()
        .then(Scripted::granting(Validity::days(1)))
        .then(Scripted::default().serial(move || Ok(serial(7))))
        .then(Scripted::default().serial(move || Ok(serial(8))));
    let certificate = Harness::new(hooks)
        .issue("web01", &request())
        .await
        .unwrap();
    assert_eq!(certificate.serial().to_string(), "07");
}

#[tokio::test]
async fn notes_pass_from_hook_to_hook_and_not_to_the_next_request() {
    #[derive(Debug, PartialEq)]
    struct Rack(u32);
    let seen: Arc<Mutex<Vec<Option<u32>>>> = Arc::default();
    let (before, after) = (Arc::clone(&seen), Arc::clone(&seen));
    let hooks = Chain::new()
        .then(Scripted::granting(Validity::days(1)).authorize(move |cx| {
            before
                .lock()
                .unwrap()
                .push(cx.get::<Rack>().map(|rack| rack.0));
            assert_eq!(cx.insert(Rack(6)), None);
            assert_eq!(cx.insert(Rack(7)), Some(Rack(6)));
            Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
        }))
        .then(Scripted::default().postsign(move |cx, _| {
            after
                .lock()
                .unwrap()
                .push(cx.get::<Rack>().map(|rack| rack.0));
            Ok(())
        }));
    let harness = Harness::new(hooks);
    for _ in 0..2 {
        harness.issue("web01", &request()).await.unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), [None, Some(7), None, Some(7)]);
}

#[tokio::test]
async fn hooks_see_who_asks_for_what_and_from_where() {
    let ca = sapi::testing::Authority::new();
    let peer = sapi::Peer::at([192, 0, 2, 7].into()).with_certificate(ca.peer_certificate("agent"));
    let now = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let hooks = Scripted::default().authorize(move |cx| {
        assert_eq!(cx.client().as_str(), "web01");
        assert_eq!(cx.peer().address(), Some([192, 0, 2, 7].into()));
        let certificate = cx.peer().certificate().unwrap().as_openssl();
        let names = certificate.subject_name().entries();
        let names: Vec<_> = names.map(|name| name.data().as_slice().to_vec()).collect();
        assert_eq!(names, [b"agent"]);
        assert_eq!(cx.received_at(), now);
        assert_eq!(cx.issuer().subject_name_text(), "Test CA");
        assert!(!cx.request_id().is_empty());
        // What `openssl pkey -pubin -outform DER | sha1sum` says.
        let sha1 = openssl::sha::sha1(cx.csr().public_key_der());
        let hex: String = sha1.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(cx.public_key_hash(), hex);
        Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
    });
    let harness = Harness::new(hooks).authority(ca).peer(peer).at(now);
    harness.issue("web01", &request()).await.unwrap();
}

trait SubjectText {
    fn subject_name_text(&self) -> String;
}

impl SubjectText for Issuer {
    fn subject_name_text(&self) -> String {
        let entry = self.subject().entries().next().unwrap();
        String::from_utf8(entry.data().as_slice().to_vec()).unwrap()
    }
}

#[tokio::test]
async fn a_chain_in_a_chain_is_taken_apart() {
    let inner = Chain::new()
        .then(Scripted::default())
        .then(Scripted::granting(Validity::days(1)));
    let outer = Chain::new().then(Scripted::default()).then(inner);
    assert_eq!(outer.len(), 3);
    let request = RequestBuilder::new().common_name("a").build();
    assert!(Harness::new(outer).issue("web01", &request).await.is_ok());
}

#[tokio::test]
async fn an_error_at_boot_names_its_hook() {
    struct Careful;

    #[async_trait]
    impl SigningHooks for Careful {
        fn name(&self) -> &str {
            "careful"
        }
        async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
            assert_eq!(ca.chain().len(), 0);
            Err("members.toml: no such file".into())
        }
    }

    let harness = Harness::new(Chain::new().then(Scripted::default()).then(Careful));
    let error = harness.boot().await.unwrap_err().to_string();
    assert_eq!(error, "hook careful: members.toml: no such file");
    assert!(Harness::new(Scripted::default()).boot().await.is_ok());
}
