//! One line in the log for each decision.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use sapi::testing::{Harness, RequestBuilder};
use sapi::{AltName, CertRequest, Peer, Validity};
use serde_json::Value;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::scripted::{Scripted, request};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A second subscriber. With only one, tracing asks the thread that comes first whether an event is wanted, and
/// uses the answer for all threads: a test without a subscriber would silence this one.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// The one audit line of a request, and everything logged besides.
fn audited(harness: &Harness, request: &CertRequest) -> (Value, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    // The task of the request runs on this thread, under this subscriber.
    LazyLock::force(&SECOND);
    let _guard = tracing::subscriber::set_default(subscriber);
    let answer = runtime.block_on(harness.issue("web01", request).with_current_subscriber());
    drop(answer);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut audits = lines
        .into_iter()
        .filter(|line| line["target"] == "sapi::audit");
    let line = audits
        .next()
        .unwrap_or_else(|| panic!("no audit line in {text}"));
    assert!(audits.next().is_none(), "two audit lines: {text}");
    (line, text)
}

#[test]
fn of_an_issued_certificate() {
    let hooks = Scripted::granting(Validity::days(1))
        .serial(|| Ok(sapi::SerialNumber::from_be_bytes(&[0x12, 0x34]).ok()));
    // A certificate has whole seconds, so the loss of half a second is not a cut.
    let now =
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_700_000_000_500);
    let harness = Harness::new(hooks)
        .at(now)
        .peer(Peer::at([192, 0, 2, 7].into()));
    let request = request();
    let (line, all) = audited(&harness, &request);
    assert!(!all.contains("ends earlier"), "{all}");
    assert_eq!(line["outcome"], "issued");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["slug"], "issued");
    assert_eq!(line["client"], "web01");
    assert_eq!(line["peer"], "192.0.2.7");
    assert_eq!(line["serial"], "1234");
    assert_eq!(line["names"], "DNS:www.example.com");
    assert_eq!(line["not_after"], "2023-11-15T22:13:20Z");
    assert_eq!(line["request_sha256"], request.sha256());
    assert_eq!(line["key_sha256"], request.public_key_sha256());
    let hooks = line["hooks"].as_str().unwrap();
    for method in ["authorize", "serial_number", "presign", "postsign"] {
        assert!(hooks.contains(&format!("scripted.{method}=")), "{hooks}");
    }
    assert!(!line["request_id"].as_str().unwrap().is_empty());
}

#[test]
fn of_a_denial() {
    let (line, _) = audited(&Harness::new(Scripted::default()), &request());
    assert_eq!(line["outcome"], "refused");
    assert_eq!(line["slug"], "denied");
    assert_eq!(line["serial"], Value::Null);
}

#[test]
fn of_a_request_that_no_hook_sees() {
    let harness = Harness::new(Scripted::granting(Validity::days(1)));
    let own = RequestBuilder::new()
        .common_name("a")
        .key(harness.ca().key().clone())
        .build();
    let (line, _) = audited(&harness, &own);
    assert_eq!(line["slug"], "ca-key");
    assert_eq!(line["hooks"], "");
}

#[test]
fn of_a_hook_that_breaks_a_rule() {
    let hooks = Scripted::granting(Validity::days(1)).presign(|_, draft| {
        draft.names_mut().push(AltName::Dns("a b".into()));
        Ok(())
    });
    let (line, _) = audited(&Harness::new(hooks), &request());
    assert_eq!(line["outcome"], "refused");
    assert_eq!(line["slug"], "internal-error");
    assert_eq!(line["level"], "ERROR");
    let cause = line["cause"].as_str().unwrap();
    assert!(
        cause.contains("would break a rule") && cause.contains("a b"),
        "{cause}"
    );
}

#[test]
fn of_a_withheld_certificate_with_its_serial_number() {
    let granting = || {
        Scripted::granting(Validity::days(1))
            .serial(|| Ok(sapi::SerialNumber::from_be_bytes(&[0x12, 0x34]).ok()))
    };
    for hooks in [
        granting().postsign(|_, _| Err("the disk is full".into())),
        granting().postsign(|_, _| panic!("the disk is full")),
    ] {
        let (line, _) = audited(&Harness::new(hooks), &request());
        assert_eq!(line["outcome"], "withheld");
        assert_eq!(line["slug"], "withheld");
        assert_eq!(line["serial"], "1234");
        assert!(
            line["cause"].as_str().unwrap().contains("the disk is full"),
            "{line}"
        );
    }
}

#[test]
fn a_validity_cut_short_is_logged() {
    let now = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let harness = Harness::new(Scripted::granting(Validity::years(500))).at(now);
    let (line, all) = audited(&harness, &request());
    assert_eq!(line["not_after"], "2099-12-31T23:59:59Z");
    assert!(all.contains("ends earlier than granted"), "{all}");
}
