//! Every certificate keeps the rules, whatever the request asks, the policy grants and the hooks do. The
//! rules are in `support/invariants.rs`: x509-parser and OpenSSL check the bytes.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sapi::testing::{Authority, TestKey};
use sapi_tests::generated::{End, Road};
use sapi_tests::verifiers::{openssl_verify, webpki_verify_at};

use super::cases;
use super::strategies::{sensible, wild};

#[test]
fn sensible_journeys_end_in_a_certificate_that_keeps_the_rules() {
    let road = Road::new(Authority::new(), in_2033());
    run(cases(1000), sensible(), |case| match road.travel(&case) {
        End::Issued(_) => Ok(()),
        other => Err(TestCaseError::fail(format!("{other:?}"))),
    });
}

#[test]
fn wild_journeys_end_in_a_refusal_or_keep_the_rules() {
    let road = Road::new(Authority::new(), in_2033());
    let (issued, refused) = (Cell::new(0u32), Cell::new(0u32));
    run(cases(1000), wild(), |case| {
        let count = match road.travel(&case) {
            End::Issued(_) => &issued,
            End::Refused(_) | End::Unread(_) => &refused,
        };
        count.set(count.get() + 1);
        Ok(())
    });
    let (issued, refused) = (issued.get(), refused.get());
    // Both must happen, or one half of this tests nothing.
    assert!(
        issued > 20 && refused > 20,
        "{issued} issued, {refused} refused"
    );
}

#[test]
fn under_every_kind_of_ca() {
    let plain = Authority::new;
    let cas = [
        plain().with_key(TestKey::rsa(2048)),
        plain().with_key(TestKey::p384()),
        plain().with_key(TestKey::p521()),
        plain().with_key(TestKey::ed25519()),
        plain().without_key_id(),
        plain().intermediate("below"),
        plain().valid(in_2033() - DAY, in_2033() + 7 * DAY),
        plain().valid(
            in_2033() - Duration::from_secs(10),
            in_2033() + 40_000 * DAY,
        ),
    ];
    for ca in cas {
        let road = Road::new(ca, in_2033());
        run(cases(60), sensible(), |case| match road.travel(&case) {
            End::Issued(_) => Ok(()),
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        });
    }
}

#[test]
fn at_every_time() {
    let times = (0..3_100_000_000u64)
        .prop_map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_900 + seconds));
    let ca = Authority::new();
    run(cases(60), (times, sensible()), |(now, mut case)| {
        // The dates in these changes fit the times of the other tests only.
        case.changes
            .retain(|change| !matches!(change, sapi_tests::generated::Change::Shorten(_)));
        match Road::new(ca.clone(), now).travel(&case) {
            End::Issued(_) => Ok(()),
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    });
}

/// The verifiers judge only a sample, as each run starts a program.
#[test]
fn verifiers_accept_a_sample() {
    let now = SystemTime::now();
    let road = Road::new(Authority::new(), now);
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    run(cases(40).min(400), sensible(), |mut case| {
        // Verifiers refuse unknown critical extensions by design, and web verifiers refuse odd purposes.
        case.changes.clear();
        let certificate = match road.travel(&case) {
            End::Issued(certificate) => certificate,
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        let ca = String::from_utf8(certificate.issuer().certificate().to_pem().unwrap()).unwrap();
        openssl_verify(&ca, certificate.pem()).map_err(TestCaseError::fail)?;
        webpki_verify_at(&ca, certificate.pem(), since).map_err(TestCaseError::fail)
    });
}

fn run<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&strategy, test)
        .unwrap_or_else(|failure| panic!("{failure}"));
}

const DAY: Duration = Duration::from_secs(86_400);
/// In 2033.
fn in_2033() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000)
}
