//! Hooks that err, panic, hang or block: a defined answer each, and the next request works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sapi::testing::Harness;
use sapi::{
    BoxError, Chain, IssuedCertificate, Rejection, SigningContext, SigningHooks, Terms, Validity,
    Verdict, async_trait,
};

use super::scripted::{Scripted, request, source_of};

const LIMIT: Duration = Duration::from_millis(50);

/// Misbehaves while told to.
async fn fails_then_works(trouble: &Arc<AtomicBool>, harness: Harness) -> Rejection {
    trouble.store(true, Ordering::SeqCst);
    let rejection = harness.issue("web01", &request()).await.unwrap_err();
    trouble.store(false, Ordering::SeqCst);
    let next = harness.issue("web01", &request()).await;
    assert!(next.is_ok(), "the next request: {next:?}");
    rejection
}

#[tokio::test]
async fn an_error_under_the_question_mark_is_internal() {
    let trouble = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&trouble);
    let hooks = Scripted::default().authorize(move |_| {
        let days: u64 = if told.load(Ordering::SeqCst) {
            "x"
        } else {
            "1"
        }
        .parse()?;
        Ok(Verdict::Grant(Terms::valid_for(Validity::days(days))))
    });
    let rejection = fails_then_works(&trouble, Harness::new(hooks)).await;
    assert_eq!(rejection.slug(), "internal-error");
    assert_eq!(
        source_of(rejection),
        "scripted.authorize: invalid digit found in string"
    );
}

#[tokio::test]
async fn a_panic_is_internal_wherever_it_happens() {
    let day = Validity::days(1);
    for method in ["authorize", "serial_number", "presign"] {
        let trouble = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&trouble);
        let panics = move |here: &str| {
            assert!(
                here != method || !told.load(Ordering::SeqCst),
                "no tea today"
            );
        };
        let (authorize, serial, presign) = (panics.clone(), panics.clone(), panics);
        let hooks = Scripted::default()
            .authorize(move |_| {
                authorize("authorize");
                Ok(Verdict::Grant(Terms::valid_for(day)))
            })
            .serial(move || {
                serial("serial_number");
                Ok(None)
            })
            .presign(move |_, _| {
                presign("presign");
                Ok(())
            });
        let rejection = fails_then_works(&trouble, Harness::new(hooks)).await;
        assert_eq!(rejection.slug(), "internal-error");
        let cause = source_of(rejection);
        assert!(
            cause.contains(&format!("scripted.{method} panicked")),
            "{cause}"
        );
        assert!(cause.contains("no tea today"), "{cause}");
    }
}

/// Waits in one of its methods, while told to.
struct Slow {
    method: &'static str,
    told: Arc<AtomicBool>,
    finished: Arc<AtomicUsize>,
}

impl Slow {
    async fn wait(&self, method: &str) {
        if self.method == method && self.told.load(Ordering::SeqCst) {
            tokio::time::sleep(LIMIT * 20).await;
            self.finished.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[async_trait]
impl SigningHooks for Slow {
    fn name(&self) -> &str {
        "slow"
    }
    async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
        self.wait("authorize").await;
        Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
    }
    async fn serial_number(
        &self,
        _: &SigningContext,
    ) -> Result<Option<sapi::SerialNumber>, Rejection> {
        self.wait("serial_number").await;
        Ok(None)
    }
    async fn presign(
        &self,
        _: &mut SigningContext,
        _: &mut sapi::DraftCertificate,
    ) -> Result<(), Rejection> {
        self.wait("presign").await;
        Ok(())
    }
    async fn postsign(
        &self,
        _: &mut SigningContext,
        _: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        self.wait("postsign").await;
        Ok(())
    }
}

#[tokio::test]
async fn a_hook_past_its_time_limit_is_dropped() {
    for method in ["authorize", "serial_number", "presign", "postsign"] {
        let told = Arc::new(AtomicBool::new(false));
        let finished = Arc::new(AtomicUsize::new(0));
        let hook = Slow {
            method,
            told: Arc::clone(&told),
            finished: Arc::clone(&finished),
        };
        let begun = std::time::Instant::now();
        let rejection = fails_then_works(&told, Harness::new(hook).time_limit(LIMIT)).await;
        assert!(begun.elapsed() < LIMIT * 15, "{method}");
        let Rejection::TimedOut { hook } = rejection else {
            panic!("{method}: {rejection:?}");
        };
        assert_eq!(hook, format!("slow.{method}"));
        assert_eq!(finished.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn the_limit_is_for_each_hook_not_for_all_of_them() {
    struct Dawdles;

    #[async_trait]
    impl SigningHooks for Dawdles {
        async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
            tokio::time::sleep(LIMIT * 2).await;
            Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
        }
    }

    let four = Chain::new()
        .then(Dawdles)
        .then(Dawdles)
        .then(Dawdles)
        .then(Dawdles);
    let harness = Harness::new(four).time_limit(LIMIT * 6);
    assert!(harness.issue("web01", &request()).await.is_ok());
}

#[tokio::test]
async fn a_hook_that_blocks_its_thread_is_late_too() {
    let trouble = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&trouble);
    let hooks = Scripted::default().authorize(move |_| {
        if told.load(Ordering::SeqCst) {
            std::thread::sleep(LIMIT * 2);
        }
        Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
    });
    let rejection = fails_then_works(&trouble, Harness::new(hooks).time_limit(LIMIT)).await;
    assert_eq!(rejection.slug(), "hook-timeout");
}

#[tokio::test]
async fn what_could_not_be_recorded_is_withheld() {
    let trouble = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&trouble);
    let hooks = Scripted::granting(Validity::days(1))
        .serial(|| Ok(sapi::SerialNumber::from_be_bytes(&[0x12, 0x34]).ok()))
        .postsign(move |_, _| match told.load(Ordering::SeqCst) {
            true => Err("the disk is full".into()),
            false => Ok(()),
        });
    let rejection = fails_then_works(&trouble, Harness::new(hooks)).await;
    assert_eq!(rejection.slug(), "withheld");
    let Rejection::Withheld { serial, source } = rejection else {
        panic!("{rejection:?}");
    };
    assert_eq!(serial.to_string(), "1234");
    assert_eq!(source.to_string(), "scripted.postsign");
    let own = source.source().unwrap();
    assert_eq!(own.to_string(), "the disk is full");
}

#[tokio::test]
async fn a_panic_in_postsign_withholds() {
    let trouble = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&trouble);
    let hooks = Scripted::granting(Validity::days(1)).postsign(move |_, _| {
        assert!(!told.load(Ordering::SeqCst), "torn page");
        Ok(())
    });
    let rejection = fails_then_works(&trouble, Harness::new(hooks)).await;
    assert_eq!(rejection.slug(), "withheld");
    let cause = source_of(rejection);
    assert!(
        cause.contains("scripted.postsign panicked: torn page"),
        "{cause}"
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_the_record() {
    let recorded = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&recorded);
    let (entered, mut waiting) = tokio::sync::mpsc::unbounded_channel();

    struct Pause(tokio::sync::mpsc::UnboundedSender<()>);

    #[async_trait]
    impl SigningHooks for Pause {
        async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
            self.0.send(())?;
            tokio::time::sleep(LIMIT).await;
            Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
        }
    }

    let journal = Scripted::default().postsign(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    let harness = Harness::new(Chain::new().then(Pause(entered)).then(journal));
    let request = request();
    tokio::select! {
        answer = harness.issue("web01", &request) => panic!("answered too early: {answer:?}"),
        _ = waiting.recv() => {} // here the client hangs up: the future above is dropped
    }
    assert_eq!(recorded.load(Ordering::SeqCst), 0);
    for _ in 0..100 {
        if recorded.load(Ordering::SeqCst) == 1 {
            return;
        }
        tokio::time::sleep(LIMIT / 5).await;
    }
    panic!("the certificate was never recorded");
}
