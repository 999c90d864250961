//! The road of a request, from a checked request to a certificate.
//!
//! [`Pipeline::issue`] tells the whole story; every stop on it has a type and a file of its own.

pub(crate) mod audit;
pub(crate) mod generation;
pub(crate) mod histogram;
pub(crate) mod metrics;
mod self_test;
mod service;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt;
use tracing::Instrument;

use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, Profile, SerialNumber, Tbs};
use crate::hooks::{
    BoxError, Chain, PostsignFailure, Rejection, SigningContext, SigningHooks, Terms, Verdict,
};
use crate::identity::{Identity, PoolError, SigningPool};
use crate::request::{CertRequest, ClientId, CsrError, Peer};
use audit::Audit;
use generation::{Generation, GenerationStore};
use metrics::Metrics;

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
    in_flight: AtomicUsize,
    metrics: Arc<Metrics>,
}

/// Where the present time comes from.
type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;

impl Pipeline {
    /// A pipeline with the default profile, ten seconds for each hook, and a signing thread per core.
    ///
    /// # Errors
    ///
    /// The system's, when it starts no threads.
    ///
    /// ```no_run
    /// # fn f(identity: sapi::Identity) -> std::io::Result<()> {
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let pipeline = sapi::Pipeline::new(identity, Members)?;
    /// # Ok(()) }
    /// ```
    pub fn new(identity: Identity, hooks: impl SigningHooks) -> std::io::Result<Self> {
        let pool = SigningPool::per_core()?;
        let hooks = Chain::new().then(hooks);
        Ok(Self::assemble(
            identity,
            hooks,
            pool,
            Profile::default(),
            Duration::from_secs(10),
        ))
    }

    pub(crate) fn assemble(
        identity: Identity,
        hooks: impl Into<Arc<Chain>>,
        pool: SigningPool,
        profile: Profile,
        hook_timeout: Duration,
    ) -> Self {
        // The one place below the server that looks at the clock; a test puts another in its place.
        #[allow(clippy::disallowed_methods)]
        let clock = Box::new(SystemTime::now);
        Self {
            road: Arc::new(Road {
                generations: GenerationStore::new(Generation {
                    identity,
                    hooks: hooks.into(),
                    profile,
                    hook_timeout,
                }),
                pool,
                clock,
                in_flight: AtomicUsize::new(0),
                metrics: Arc::default(),
            }),
        }
    }

    /// The same pipeline by another clock; to be called before the first request.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_clock(
        mut self,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        if let Some(road) = Arc::get_mut(&mut self.road) {
            road.clock = Box::new(clock);
        }
        self
    }

    /// Issues a certificate for a request, or says why not.
    ///
    /// From authorize on this runs in a task of its own: it ends even if nobody waits for it any more.
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

    /// As [`issue`](Self::issue), under a request id that the caller has given out already.
    pub(crate) async fn issue_numbered(
        &self,
        request_id: String,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
    ) -> Result<IssuedCertificate, Rejection> {
        let span = tracing::info_span!("request", request_id, %client);
        let road = OnTheRoad::begin(&self.road);
        let travel = async move { road.0.travel(request_id, client, csr, peer).await };
        let task = tokio::spawn(travel.instrument(span));
        task.await
            .unwrap_or_else(|error| Err(Rejection::failed(error)))
    }

    /// The CA's public half, as it is now.
    ///
    /// ```no_run
    /// # fn f(pipeline: &sapi::Pipeline) { println!("{:?}", pipeline.issuer().subject()); }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> Arc<Issuer> {
        Arc::clone(self.road.generations.current().identity.issuer())
    }

    /// Lets every hook prepare itself; to be called once, before the first request.
    ///
    /// # Errors
    ///
    /// That of the first hook that cannot.
    ///
    /// ```no_run
    /// # async fn f(pipeline: &sapi::Pipeline) -> Result<(), sapi::BoxError> {
    /// pipeline.boot().await?;
    /// # Ok(()) }
    /// ```
    pub async fn boot(&self) -> Result<(), BoxError> {
        let generation = self.road.generations.current();
        generation.hooks.boot(generation.identity.issuer()).await
    }
}

impl Road {
    /// One request from its start to its audit line.
    async fn travel(
        &self,
        request_id: String,
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
    ) -> Result<IssuedCertificate, Rejection> {
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
        );
        let mut audit = Audit::default();
        // Hooks are guarded one by one; this is for a panic beside them, so that none goes unrecorded.
        let issue = AssertUnwindSafe(self.issue(&generation, &mut cx, &mut audit)).catch_unwind();
        let outcome = issue.await.unwrap_or_else(|_| {
            let serial = audit.serial().cloned();
            let source: BoxError = "something on the road panicked".into();
            Err(match serial {
                Some(serial) => Rejection::Withheld { serial, source },
                None => Rejection::Failed { source },
            })
        });
        audit.write(&cx, &outcome, &self.metrics);
        outcome
    }

    /// The road itself.
    async fn issue(
        &self,
        generation: &Arc<Generation>,
        cx: &mut SigningContext,
        audit: &mut Audit,
    ) -> Result<IssuedCertificate, Rejection> {
        let hooks = &generation.hooks;
        require_valid(cx.issuer(), cx.received_at())?;
        cx.issuer()
            .refuse_own(cx.csr())
            .map_err(Rejection::Unacceptable)?;

        let terms = authorize(hooks, cx).await?;
        let mut draft = fill_in(generation, cx, terms).await?;
        hooks.presign(cx, &mut draft).await?;
        let certificate = self.sign(generation, cx, draft).await?;

        audit.issued(&certificate);
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
            return Err(Rejection::Unacceptable(CsrError::NoName));
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
async fn authorize(hooks: &Chain, cx: &mut SigningContext) -> Result<Terms, Rejection> {
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
    // Certificates know whole seconds only, which alone is not worth a line.
    let ends_before = |wanted| draft.not_after() + Duration::from_secs(1) <= wanted;
    if wanted.is_none_or(ends_before) {
        tracing::info!(
            "the certificate ends earlier than granted: its CA does, or certificate.max_validity says so"
        );
    }
    Ok(draft)
}

/// Signed means recorded or withheld.
async fn record(
    hooks: &Chain,
    cx: &mut SigningContext,
    certificate: &IssuedCertificate,
) -> Result<(), Rejection> {
    let Err(error) = hooks.postsign(cx, certificate).await else {
        return Ok(());
    };
    let source = match error.downcast::<PostsignFailure>().map(|failure| failure.0) {
        Ok(Rejection::Failed { source }) => source,
        Ok(rejection) => return Err(rejection),
        Err(error) => error,
    };
    Err(Rejection::Withheld {
        serial: certificate.serial().clone(),
        source,
    })
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("hooks", &self.road.generations.current().hooks)
            .finish_non_exhaustive()
    }
}

/// No certificate outlives its CA, and none is made before its CA holds.
fn require_valid(issuer: &Issuer, now: SystemTime) -> Result<(), Rejection> {
    if issuer.is_valid_at(now) {
        return Ok(());
    }
    Err(Rejection::Unavailable {
        reason: if now < issuer.not_before() {
            "the certificate authority's own certificate does not hold yet"
        } else {
            "the certificate authority's own certificate has expired"
        },
    })
}

/// Counts a request for as long as it is on the road.
struct OnTheRoad(Arc<Road>);

impl OnTheRoad {
    fn begin(road: &Arc<Road>) -> Self {
        road.in_flight.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(road))
    }
}

impl Drop for OnTheRoad {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}
