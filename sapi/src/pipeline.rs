//! The pipeline: the road from a checked request to a certificate.
//!
//! `Road::issue` tells the whole story from top to bottom. Every stop has its own type and file.

mod assembly;
pub(crate) mod audit;
mod differences;
pub(crate) mod generation;
pub(crate) mod histogram;
mod in_flight;
mod journey;
pub(crate) mod metrics;
mod observation;
mod observation_text;
mod requirements;
mod self_test;
mod service;
#[cfg(test)]
mod tests;
mod trail;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt;
use tracing::Instrument;

use crate::certificate::{DraftCertificate, IssuedCertificate, SerialNumber, Tbs};
use crate::hooks::{BoxError, Hooks, Rejection, SigningContext, Terms, Verdict};
use crate::identity::pool::{PoolError, SigningPool};
use crate::request::{CertRequest, ClientId, CsrFault, Peer};
pub use differences::Difference;
use generation::{Generation, GenerationStore};
use in_flight::InFlight;
use journey::Journey;
use metrics::Metrics;
pub use observation::Observation;
use requirements::{require_permitted, require_valid};
use trail::Trail;

/// A signing service without its socket, for tests and for embedding.
///
/// ```no_run
/// # async fn f(identity: sapi::Identity, csr: sapi::CertRequest) -> Result<(), sapi::BoxError> {
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// use sapi::{Peer, Pipeline};
///
/// let pipeline = Pipeline::new(identity, Members)?;
/// match pipeline.issue("web01".parse()?, csr, Peer::local()).await {
///     Ok(certificate) => print!("{}", certificate.pem()),
///     Err(rejection) => eprintln!("{}", rejection.slug()),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Pipeline {
    road: Arc<Road>,
}

struct Road {
    generations: GenerationStore,
    pool: SigningPool,
    clock: Clock,
    in_flight: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
}

/// The source of the present time.
type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;

impl Pipeline {
    /// Issues a certificate for a request, or says why not.
    ///
    /// From `authorize` on this runs in its own task, which ends even if nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// [`Rejection`] says why there is no certificate.
    ///
    /// ```no_run
    /// # async fn f(pipeline: sapi::Pipeline, csr: sapi::CertRequest) -> Result<(), sapi::Rejection> {
    /// let certificate = pipeline.issue("web01".parse()?, csr, sapi::Peer::local()).await?;
    /// # Ok(()) }
    /// ```
    pub async fn issue(
        &self,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
    ) -> Result<IssuedCertificate, Rejection> {
        let request_id = SerialNumber::random()?.to_string();
        self.issue_numbered(request_id, client, csr, peer).await
    }

    /// Like [`issue`](Self::issue), with a request id that the caller has already made known.
    pub(crate) async fn issue_numbered(
        &self,
        request_id: String,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
    ) -> Result<IssuedCertificate, Rejection> {
        let span = tracing::info_span!("request", request_id, %client);
        let road = Arc::clone(&self.road);
        let in_flight = InFlight::begin(&road.in_flight);
        let travel = async move {
            let _in_flight = in_flight;
            let journey = road.travel(request_id, client, csr, peer, Trail::default());
            journey.await.outcome
        };
        let task = tokio::spawn(travel.instrument(span));
        task.await
            .unwrap_or_else(|error| Err(Rejection::failed(error)))
    }

    /// Takes a request down the same road, and returns everything that happened to it.
    pub(crate) async fn observe(
        &self,
        request_id: String,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
    ) -> Observation {
        let _in_flight = InFlight::begin(&self.road.in_flight);
        let journey = self
            .road
            .travel(request_id, client, csr, peer, Trail::watched());
        Observation::of(journey.await)
    }
}

impl Road {
    /// Takes one request from its start to its audit line.
    async fn travel(
        &self,
        request_id: String,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
        mut trail: Trail,
    ) -> Journey {
        let generation = self.generations.current();
        let issuer = Arc::clone(generation.identity.issuer());
        let mut cx = SigningContext::new(
            client,
            csr,
            peer,
            issuer,
            request_id,
            (self.clock)(),
            generation.hook_timeout,
        )
        .in_rehearsal(generation.identity.is_for_rehearsal())
        .watched(trail.is_watched());
        // Each hook has its own guard. This catches a panic elsewhere, so that the request is still audited.
        let issue = AssertUnwindSafe(self.issue(&generation, &mut cx, &mut trail)).catch_unwind();
        let outcome = issue.await.unwrap_or_else(|_| {
            let source: BoxError = "the pipeline panicked outside hooks".into();
            Err(match trail.issued() {
                Some(issued) => Rejection::Withheld {
                    serial: issued.serial.clone(),
                    source,
                },
                None => Rejection::Failed { source },
            })
        });
        // A rehearsal writes no audit line, because nobody gets its certificate.
        if !cx.rehearsal() {
            audit::write(&cx, &trail, &outcome, &self.metrics);
        }
        Journey { cx, trail, outcome }
    }

    /// The road itself.
    async fn issue(
        &self,
        generation: &Arc<Generation>,
        cx: &mut SigningContext,
        trail: &mut Trail,
    ) -> Result<IssuedCertificate, Rejection> {
        let hooks = &generation.hooks;
        require_valid(cx.issuer(), cx.received_at())?;
        cx.issuer()
            .refuse_own(cx.csr())
            .map_err(Rejection::Unacceptable)?;

        let terms = authorize(hooks, cx).await?;
        trail.granted(&terms);

        let mut draft = fill_in(generation, cx, terms).await?;
        trail.drafted(&draft);
        hooks.presign(cx, &mut draft).await?;
        trail.presigned(&draft);

        require_permitted(cx.issuer(), &draft)?;
        let certificate = self.sign(generation, cx, draft).await?;
        trail.signed(&certificate);

        record(hooks, cx, &certificate).await?;
        Ok(certificate)
    }

    async fn sign(
        &self,
        generation: &Arc<Generation>,
        cx: &SigningContext,
        draft: DraftCertificate,
    ) -> Result<IssuedCertificate, Rejection> {
        if draft.subject().is_empty() && draft.names().is_empty() {
            return Err(Rejection::Unacceptable(CsrFault::NoName.into()));
        }
        let (generation, csr) = (Arc::clone(generation), cx.shared_csr());
        let metrics = Arc::clone(&self.metrics);
        let work = move || -> Result<IssuedCertificate, BoxError> {
            let begun = Instant::now();
            let identity = &generation.identity;
            let tbs = Tbs::render(draft, &csr, identity.issuer())?;
            let certificate = identity.issue(tbs)?;
            metrics.signed(begun.elapsed());
            Ok(certificate)
        };
        match self.pool.run(work).await {
            Ok(signed) => Ok(signed?),
            Err(PoolError::Full) => Err(Rejection::Overloaded),
            Err(error @ PoolError::Panicked) => Err(Rejection::failed(error)),
        }
    }
}

/// No grant, no certificate.
async fn authorize(hooks: &Hooks, cx: &mut SigningContext) -> Result<Terms, Rejection> {
    match hooks.authorize(cx).await? {
        Verdict::Grant(terms) => Ok(terms),
        Verdict::Abstain => Err(Rejection::denied(
            "no policy of this certificate authority covers the request",
        )),
    }
}

async fn fill_in(
    generation: &Generation,
    cx: &SigningContext,
    terms: Terms,
) -> Result<DraftCertificate, Rejection> {
    let serial = match generation.hooks.serial_number(cx).await? {
        Some(chosen) => chosen,
        None => SerialNumber::random()?,
    };
    let granted = terms.into_parts();
    let wanted = cx.received_at().checked_add(granted.0.duration());
    let draft = DraftCertificate::new(
        cx.csr(),
        cx.issuer(),
        &generation.profile,
        serial,
        granted,
        cx.received_at(),
    );
    // Certificates have only whole seconds. Less than a second is not worth a log line.
    let ends_before = |wanted| draft.not_after() + Duration::from_secs(1) <= wanted;
    if wanted.is_none_or(ends_before) {
        tracing::info!(
            "the certificate ends earlier than granted: its CA ends, or certificate.max_validity is shorter"
        );
    }
    Ok(draft)
}

/// Signed means recorded or withheld. In a rehearsal the CA signs nothing, so there is nothing to record.
async fn record(
    hooks: &Hooks,
    cx: &mut SigningContext,
    certificate: &IssuedCertificate,
) -> Result<(), Rejection> {
    if cx.rehearsal() {
        return Ok(());
    }
    match hooks.postsign(cx, certificate).await {
        Err(Rejection::Failed { source }) => Err(Rejection::Withheld {
            serial: certificate.serial().clone(),
            source,
        }),
        recorded => recorded,
    }
}
