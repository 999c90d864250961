//! Certificates that a person approves: an unknown request is kept and answered "pending"; once somebody
//! has approved it, the same request gets a certificate, and gets another each time it comes again, until
//! the approval is withdrawn.
//!
//! ```
//! use sapi_stock::approvals::{Settings, Store};
//!
//! // In sapi.toml the same as TOML, in the table [hooks.approvals].
//! let settings: Settings =
//!     serde_json::from_str(r#"{"folder": "/var/lib/sapi/approvals", "validity": "48h"}"#)?;
//! # Ok::<(), serde_json::Error>(())
//! ```

mod application;
mod decision;
mod limits;
mod request_files;
mod settings;
mod store;
mod store_error;
mod subject_fields;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sapi::async_trait;

use crate::decided_by::DecidedBy;
pub use application::{Application, State};
pub use decision::{Approval, Decision, Refusal};
pub use limits::Limits;
use sapi::{
    BoxError, DistinguishedName, DraftCertificate, Issuer, Rejection, SigningContext, SigningHooks,
    Verdict,
};
pub use settings::Settings;
pub use store::Store;
pub use store_error::StoreError;

/// Grants what a person has approved, and keeps everything else until somebody decides.
///
/// It never abstains. Where another hook may decide alone, put both into a [`FirstOf`](sapi::FirstOf),
/// this one last, and [`rejections`](Self::rejections) before them, so that a person's no is heard first.
///
/// ```no_run
/// # fn f(settings: &sapi_stock::approvals::Settings) -> Result<(), sapi::BoxError> {
/// # struct Renewals;
/// # impl sapi::SigningHooks for Renewals {}
/// use sapi::{Chain, FirstOf};
/// use sapi_stock::Approvals;
///
/// let approvals = Approvals::open(settings)?;
/// let hooks = Chain::new()
///     .then(approvals.rejections())
///     .then(FirstOf::new().then(Renewals).then(approvals));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Approvals {
    store: Arc<Store>,
    settings: Settings,
    /// Nothing is made then.
    rehearsal: bool,
}

impl Approvals {
    /// Opens the folder of the settings.
    ///
    /// # Errors
    ///
    /// When it can be neither opened nor made.
    ///
    /// ```
    /// let settings = serde_json::from_str(r#"{"folder": "/nonexistent/approvals", "validity": "48h"}"#)?;
    /// assert!(sapi_stock::Approvals::open(&settings).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn open(settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self {
            store: Arc::new(Store::open(&settings.folder)?),
            settings: settings.clone(),
            rehearsal: false,
        })
    }

    /// The folder as it is, for a rehearsal: nothing is made, now or when the hook boots. One that the
    /// service would make at its first start is taken as empty.
    ///
    /// # Errors
    ///
    /// When the folder can be neither read nor made.
    ///
    /// ```
    /// let settings = serde_json::from_str(r#"{"folder": "/nonexistent/approvals", "validity": "48h"}"#)?;
    /// assert!(sapi_stock::Approvals::rehearsing(&settings).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn rehearsing(settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self {
            store: Arc::new(Store::rehearsing(&settings.folder)?),
            settings: settings.clone(),
            rehearsal: true,
        })
    }

    /// A hook that only says no, to what a person has rejected, and abstains from everything else.
    ///
    /// ```no_run
    /// # fn f(approvals: &sapi_stock::Approvals) {
    /// let no = approvals.rejections();
    /// # }
    /// ```
    #[must_use]
    pub fn rejections(&self) -> Rejections {
        Rejections(self.clone())
    }
}

#[async_trait]
impl SigningHooks for Approvals {
    fn name(&self) -> &str {
        "approvals"
    }

    async fn boot(&self, _: &Issuer) -> Result<(), BoxError> {
        if !self.rehearsal {
            let folder = self.settings.folder.clone();
            tokio::task::spawn_blocking(move || Store::open(&folder)).await??;
        }
        Ok(())
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let (application, limits) = (Application::of(cx), self.settings.limits());
        let store = Arc::clone(&self.store);
        // Of a rehearsal nothing stays: what nobody has asked for yet would be pending.
        let rehearsal = cx.rehearsal();
        let asked = move || match rehearsal {
            true => Ok(store.known(&application, &limits)?.or(Some(application))),
            false => store.ask(application, &limits),
        };
        let known = tokio::task::spawn_blocking(asked).await??;
        match known.map(|known| known.decision) {
            None => Err(Rejection::too_many(self.settings.retry_after)),
            Some(None) => Err(Rejection::pending(self.settings.retry_after)),
            Some(Some(Decision::Rejected(refusal))) => Err(Rejection::denied(refusal.reason)),
            Some(Some(Decision::Approved(approval))) => {
                let terms = approval.terms(cx.csr(), self.settings.validity);
                cx.insert(ApprovedSubject(approval.subject));
                cx.insert(DecidedBy(approval.by));
                Ok(Verdict::Grant(terms))
            }
        }
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        if let Some(ApprovedSubject(Some(subject))) = cx.get() {
            draft.set_subject(subject.clone());
        }
        Ok(())
    }
}

/// The note of an approval that names another subject than the request.
struct ApprovedSubject(Option<DistinguishedName>);

/// Says no to what a person has rejected; made by [`Approvals::rejections`].
///
/// ```no_run
/// # fn f(approvals: &sapi_stock::Approvals) {
/// let no: sapi_stock::approvals::Rejections = approvals.rejections();
/// # }
/// ```
#[derive(Debug)]
pub struct Rejections(Approvals);

#[async_trait]
impl SigningHooks for Rejections {
    fn name(&self) -> &str {
        "rejections"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let (application, limits) = (Application::of(cx), self.0.settings.limits());
        let store = Arc::clone(&self.0.store);
        let known =
            tokio::task::spawn_blocking(move || store.known(&application, &limits)).await??;
        match known.and_then(|known| known.decision) {
            Some(Decision::Rejected(refusal)) => Err(Rejection::denied(refusal.reason)),
            _ => Ok(Verdict::Abstain),
        }
    }
}
