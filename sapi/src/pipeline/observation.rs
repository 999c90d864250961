//! The observation: everything that happened to one request.

use std::fmt;

use super::differences::{self, Difference};
use super::journey::Journey;
use super::trail::Witnessed;
use crate::certificate::{DraftCertificate, IssuedCertificate};
use crate::hooks::{HookCall, Rejection, SigningContext, Terms};

/// Everything that happened to one request on its road: what each hook answered and how long it took,
/// the terms, the draft before and after `presign`, the certificate, the decision.
///
/// A test gets one from `testing::Harness::observe`; a shell's `explain` prints one. Its `Display` tells
/// the whole story, stop by stop.
///
/// ```
/// # use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
/// # struct Lab;
/// # #[async_trait]
/// # impl SigningHooks for Lab {
/// #     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
/// #         Ok(Verdict::Grant(Terms::valid_for(Validity::days(1))))
/// #     }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use sapi::testing::{Harness, RequestBuilder};
///
/// let request = RequestBuilder::new().common_name("web01").dns("www.example.com").build();
/// let seen = Harness::new(Lab).observe("web01", &request).await;
///
/// assert!(seen.rejection().is_none());
/// assert_eq!(seen.differences()[0].what(), "DNS:www.example.com"); // Lab grants no name
/// println!("{seen}");
/// # });
/// ```
pub struct Observation {
    cx: SigningContext,
    witnessed: Witnessed,
    outcome: Result<IssuedCertificate, Rejection>,
}

impl Observation {
    pub(super) fn of(journey: Journey) -> Self {
        Self {
            cx: journey.cx,
            witnessed: journey.trail.into_witnessed(),
            outcome: journey.outcome,
        }
    }

    /// The request with its client, its peer, its time and the notes of hooks.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { println!("{}", seen.context().client()); }
    /// ```
    #[must_use]
    pub fn context(&self) -> &SigningContext {
        &self.cx
    }

    /// Every call of a hook, in order.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// for call in seen.calls() { println!("{}.{}: {}", call.hook(), call.method(), call.answer()); }
    /// # }
    /// ```
    #[must_use]
    pub fn calls(&self) -> Vec<HookCall> {
        self.cx.calls()
    }

    /// The terms that all hooks granted together.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { assert!(seen.terms().is_none()); }
    /// ```
    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        self.witnessed.terms.as_ref()
    }

    /// The draft as terms and profile made it, before `presign`.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { println!("{}", seen.drafted().unwrap()); }
    /// ```
    #[must_use]
    pub fn drafted(&self) -> Option<&DraftCertificate> {
        self.witnessed.drafted.as_ref()
    }

    /// The draft after `presign`, ready to be signed.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { assert_eq!(seen.presigned(), seen.drafted()); }
    /// ```
    #[must_use]
    pub fn presigned(&self) -> Option<&DraftCertificate> {
        self.witnessed.presigned.as_ref()
    }

    /// The signed certificate, even if it was withheld.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { print!("{}", seen.certificate().unwrap().pem()); }
    /// ```
    #[must_use]
    pub fn certificate(&self) -> Option<&IssuedCertificate> {
        self.witnessed.certificate.as_ref()
    }

    /// Why the client does not get a certificate; `None` if it does.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { assert_eq!(seen.rejection().unwrap().slug(), "denied"); }
    /// ```
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.outcome.as_ref().err()
    }

    /// The decision: `issued`, or the slug of the rejection.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { assert_eq!(seen.decision(), "issued"); }
    /// ```
    #[must_use]
    pub fn decision(&self) -> &'static str {
        self.rejection().map_or("issued", Rejection::slug)
    }

    /// Every difference between the certificate and the request, with its reason.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) { assert!(seen.differences().is_empty()); }
    /// ```
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        differences::between(&self.cx, &self.witnessed)
    }

    /// What the client gets.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] of a hook or of the pipeline.
    ///
    /// ```no_run
    /// # fn f(seen: sapi::Observation) { let certificate = seen.into_outcome().unwrap(); }
    /// ```
    pub fn into_outcome(self) -> Result<IssuedCertificate, Rejection> {
        self.outcome
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation")
            .field("context", &self.cx)
            .field("decision", &self.decision())
            .finish_non_exhaustive()
    }
}
