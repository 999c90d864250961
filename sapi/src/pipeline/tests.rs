//! Faults under the road. Each has a defined answer, and the next good request works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use openssl::error::ErrorStack;
use tokio::runtime::{Builder, Runtime};

use super::Pipeline;
use super::generation::Generation;
use crate::certificate::{IssuedCertificate, Profile, Validity, no_random_numbers};
use crate::hooks::{Hooks, IntoHooks, Rejection, SigningContext, SigningHooks, Terms, Verdict};
use crate::identity::ca::Identity;
use crate::identity::pool::SigningPool;
use crate::identity::signer::Signer;
use crate::request::Peer;
use crate::testing::{Authority, RequestBuilder};

/// Signs, unless told to misbehave.
struct Troubled {
    inner: Box<dyn Signer>,
    trouble: Arc<AtomicU8>,
}

const NONE: u8 = 0;
const ERROR: u8 = 1;
const WRONG_BITS: u8 = 2;
const EMPTY: u8 = 3;
const PANIC: u8 = 4;
const OTHER_MESSAGE: u8 = 5;

impl Signer for Troubled {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut signature = self.inner.sign(message)?;
        match self.trouble.load(Ordering::SeqCst) {
            ERROR => return Err(ErrorStack::get()),
            WRONG_BITS => {
                if let Some(last) = signature.last_mut() {
                    *last ^= 1;
                }
            }
            EMPTY => signature.clear(),
            PANIC => panic!("SECRET-CAUSE in the signer"),
            OTHER_MESSAGE => signature = self.inner.sign(b"something else")?,
            _ => {}
        }
        Ok(signature)
    }
}

struct GrantAll;

#[async_trait::async_trait]
impl SigningHooks for GrantAll {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(Validity::days(1));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }
}

fn pipeline(identity: Identity) -> Pipeline {
    let pool = SigningPool::new(1, 8).unwrap();
    let (profile, limit) = (Profile::default(), Duration::from_secs(10));
    Pipeline::assemble(identity, GrantAll.into_hooks(), pool, profile, limit)
}

fn issue(runtime: &Runtime, pipeline: &Pipeline) -> Result<IssuedCertificate, Rejection> {
    let request = RequestBuilder::new().dns("a.example").build();
    runtime.block_on(pipeline.issue("web01".parse().unwrap(), request, Peer::local()))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

#[test]
fn a_signer_that_fails_gives_no_certificate_and_the_next_request_works() {
    let trouble = Arc::new(AtomicU8::new(NONE));
    let told = Arc::clone(&trouble);
    let identity = Authority::new().identity();
    let identity = identity.with_signer(|inner| {
        Box::new(Troubled {
            inner,
            trouble: told,
        })
    });
    let (runtime, pipeline) = (runtime(), pipeline(identity));
    for kind in [ERROR, WRONG_BITS, EMPTY, PANIC, OTHER_MESSAGE] {
        trouble.store(kind, Ordering::SeqCst);
        let rejection = issue(&runtime, &pipeline).unwrap_err();
        assert!(
            matches!(rejection, Rejection::Failed { .. }),
            "{kind}: {rejection:?}"
        );
        assert_eq!(rejection.slug(), "internal-error");
        trouble.store(NONE, Ordering::SeqCst);
        assert!(issue(&runtime, &pipeline).is_ok(), "after {kind}");
    }
}

#[test]
fn without_random_numbers_there_is_no_certificate_and_then_there_is() {
    let (runtime, pipeline) = (runtime(), pipeline(Authority::new().identity()));
    no_random_numbers::set(true);
    let rejection = issue(&runtime, &pipeline).unwrap_err();
    no_random_numbers::set(false);
    assert!(
        matches!(rejection, Rejection::Failed { .. }),
        "{rejection:?}"
    );
    assert!(issue(&runtime, &pipeline).is_ok());
}

/// The request has its id already. Only the serial number fails to be drawn.
#[test]
fn without_random_numbers_for_the_serial_alone() {
    let (runtime, pipeline) = (runtime(), pipeline(Authority::new().identity()));
    let request = RequestBuilder::new().dns("a.example").build();
    let client = "web01".parse().unwrap();
    no_random_numbers::set(true);
    let answer =
        runtime.block_on(pipeline.issue_numbered("7".into(), client, request, Peer::local()));
    no_random_numbers::set(false);
    assert!(
        matches!(answer, Err(Rejection::Failed { .. })),
        "{answer:?}"
    );
    assert!(issue(&runtime, &pipeline).is_ok());
}

#[test]
fn a_clock_that_steps_back_never_makes_dates_outside_the_ca() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let begin = 1_800_000_000;
    let ca = Authority::new().valid(at(begin), at(begin + 1_000_000));
    let now = Arc::new(AtomicU64::new(begin + 5000));
    let clock = Arc::clone(&now);
    let pipeline = pipeline(ca.identity()).with_clock(move || at(clock.load(Ordering::SeqCst)));
    let runtime = runtime();
    let first = issue(&runtime, &pipeline).unwrap();
    // An hour back, the dates follow the clock. Just after the CA's beginning, they stop there.
    for (time, not_before) in [(begin + 1400, begin + 1100), (begin + 10, begin)] {
        now.store(time, Ordering::SeqCst);
        let certificate = issue(&runtime, &pipeline).unwrap();
        assert_eq!(certificate.not_before(), at(not_before));
        assert_eq!(certificate.not_after(), at(time + 86_400));
        assert_ne!(certificate.serial(), first.serial());
    }
    // Before the CA begins, and as far back as a clock is after its battery died.
    for time in [begin - 1, 0] {
        now.store(time, Ordering::SeqCst);
        let rejection = issue(&runtime, &pipeline).unwrap_err();
        assert_eq!(rejection.slug(), "unavailable");
    }
    now.store(begin + 6000, Ordering::SeqCst);
    assert!(issue(&runtime, &pipeline).is_ok());
}

/// Hooks that do not boot.
struct Sleepy;

#[async_trait::async_trait]
impl SigningHooks for Sleepy {
    async fn boot(&self, _: &crate::certificate::Issuer) -> Result<(), crate::hooks::BoxError> {
        Err("still asleep".into())
    }
}

#[test]
fn another_generation_is_taken_whole_or_not_at_all() {
    let (runtime, first, second) = (runtime(), Authority::new(), Authority::new());
    let pipeline = pipeline(first.identity());
    let issuer = || {
        let certificate = issue(&runtime, &pipeline).unwrap();
        certificate.issuer().certificate().to_der().unwrap()
    };
    let next = |hooks: Hooks| Generation {
        identity: second.identity(),
        hooks,
        profile: Profile::default(),
        hook_timeout: Duration::from_secs(10),
    };
    let error = runtime
        .block_on(pipeline.exchange(next(Sleepy.into_hooks())))
        .unwrap_err();
    assert!(error.to_string().contains("still asleep"), "{error}");
    assert_eq!(issuer(), first.certificate().to_der().unwrap());
    runtime
        .block_on(pipeline.exchange(next(GrantAll.into_hooks())))
        .unwrap();
    assert_eq!(issuer(), second.certificate().to_der().unwrap());
    // Signatures of certificates are counted; signatures of self-tests are not.
    assert_eq!(pipeline.metrics().signing().count(), 2);
}

#[test]
fn a_self_test_and_an_exchange_see_a_signer_that_fails() {
    let trouble = Arc::new(AtomicU8::new(NONE));
    let troubled = || {
        let trouble = Arc::clone(&trouble);
        Authority::new()
            .identity()
            .with_signer(|inner| Box::new(Troubled { inner, trouble }))
    };
    let (runtime, pipeline) = (runtime(), pipeline(troubled()));
    assert!(runtime.block_on(pipeline.self_test()).is_ok());
    for kind in [ERROR, WRONG_BITS, EMPTY, PANIC, OTHER_MESSAGE] {
        trouble.store(kind, Ordering::SeqCst);
        assert!(runtime.block_on(pipeline.self_test()).is_err(), "{kind}");
        let next = Generation {
            identity: troubled(),
            hooks: GrantAll.into_hooks(),
            profile: Profile::default(),
            hook_timeout: Duration::from_secs(10),
        };
        assert!(runtime.block_on(pipeline.exchange(next)).is_err(), "{kind}");
    }
    trouble.store(NONE, Ordering::SeqCst);
    assert!(issue(&runtime, &pipeline).is_ok());
}

/// Waits until it is told.
struct Waiting(Arc<tokio::sync::Notify>);

#[async_trait::async_trait]
impl SigningHooks for Waiting {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        self.0.notified().await;
        GrantAll.authorize(cx).await
    }
}

#[test]
fn a_request_is_on_the_road_until_it_is_decided_though_nobody_waits() {
    let told = Arc::new(tokio::sync::Notify::new());
    let pool = SigningPool::new(1, 8).unwrap();
    let (hooks, limit) = (
        Waiting(Arc::clone(&told)).into_hooks(),
        Duration::from_secs(10),
    );
    let identity = Authority::new().identity();
    let pipeline = Pipeline::assemble(identity, hooks, pool, Profile::default(), limit);
    assert_eq!(pipeline.in_flight(), 0);
    runtime().block_on(async {
        let request = RequestBuilder::new().dns("a.example").build();
        let asked = pipeline.issue("web01".parse().unwrap(), request, Peer::local());
        let given_up = tokio::time::timeout(Duration::from_millis(50), asked).await;
        assert!(given_up.is_err());
        assert_eq!(pipeline.in_flight(), 1);
        told.notify_one();
        while pipeline.in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    assert_eq!(pipeline.metrics().signing().count(), 1);
}
