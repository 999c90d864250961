//! The road of a request, from a checked request to a certificate.
//!
//! [`Pipeline::issue`] tells the whole story; every stop on it has a type and a file of its own.

pub(crate) mod audit;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tracing::Instrument;

use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, Profile, SerialNumber, Tbs};
use crate::hooks::{
    BoxError, Chain, PostsignFailure, Rejection, SigningContext, SigningHooks, Terms, Verdict,
};
use crate::identity::{Identity, IdentityStore, PoolError, SigningPool};
use crate::request::{CertRequest, ClientId, CsrError, Peer};
use audit::Audit;

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
    identities: IdentityStore,
    hooks: Arc<Chain>,
    pool: SigningPool,
    profile: Profile,
    hook_timeout: Duration,
    clock: Clock,
    in_flight: AtomicUsize,
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
                identities: IdentityStore::new(identity),
                hooks: hooks.into(),
                pool,
                profile,
                hook_timeout,
                clock,
                in_flight: AtomicUsize::new(0),
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
        let road = Arc::clone(&self.road);
        let travel = async move { road.travel(request_id, client, csr, peer).await };
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
        Arc::clone(self.road.identities.current().issuer())
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
        self.road.hooks.boot(&self.issuer()).await
    }

    #[cfg(feature = "server")]
    /// How many requests are on the road, those included whose client has hung up.
    pub(crate) fn in_flight(&self) -> usize {
        self.road.in_flight.load(Ordering::Acquire)
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
        let _counted = Counted::new(&self.in_flight);
        let identity = self.identities.current();
        let issuer = Arc::clone(identity.issuer());
        let mut cx = SigningContext::new(
            client,
            csr,
            peer,
            issuer,
            request_id,
            (self.clock)(),
            self.hook_timeout,
        );
        let mut audit = Audit::default();
        let outcome = self.issue(&identity, &mut cx, &mut audit).await;
        audit.write(&cx, &outcome);
        outcome
    }

    /// The road itself.
    async fn issue(
        &self,
        identity: &Arc<Identity>,
        cx: &mut SigningContext,
        audit: &mut Audit,
    ) -> Result<IssuedCertificate, Rejection> {
        require_valid(identity.issuer(), cx.received_at())?;
        identity
            .issuer()
            .refuse_own(cx.csr())
            .map_err(Rejection::Unacceptable)?;

        let terms = self.authorize(cx).await?;
        let mut draft = self.draft(cx, terms).await?;
        self.hooks.presign(cx, &mut draft).await?;
        let certificate = self.sign(identity, cx, draft).await?;

        audit.issued(&certificate);
        self.record(cx, &certificate).await?;
        Ok(certificate)
    }

    /// No grant, no certificate.
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Terms, Rejection> {
        match self.hooks.authorize(cx).await? {
            Verdict::Grant(terms) => Ok(terms),
            Verdict::Abstain => Err(Rejection::denied(
                "no policy of this certificate authority covers the request",
            )),
        }
    }

    async fn draft(
        &self,
        cx: &SigningContext,
        terms: Terms,
    ) -> Result<DraftCertificate, Rejection> {
        let serial = match self.hooks.serial_number(cx).await? {
            Some(chosen) => chosen,
            None => SerialNumber::random()?,
        };
        let granted = terms.into_parts();
        let wanted = cx.received_at().checked_add(granted.0.duration());
        let draft = DraftCertificate::new(
            cx.csr(),
            cx.issuer(),
            &self.profile,
            serial,
            granted,
            cx.received_at(),
        );
        if wanted.is_none_or(|wanted| draft.not_after() < wanted) {
            tracing::info!(
                "the certificate ends earlier than granted: its CA does, or certificate.max_validity says so"
            );
        }
        Ok(draft)
    }

    async fn sign(
        &self,
        identity: &Arc<Identity>,
        cx: &SigningContext,
        draft: DraftCertificate,
    ) -> Result<IssuedCertificate, Rejection> {
        if draft.subject().is_empty() && draft.names().is_empty() {
            return Err(Rejection::Unacceptable(CsrError::NoName));
        }
        let (identity, csr) = (Arc::clone(identity), cx.shared_csr());
        let work = move || -> Result<IssuedCertificate, BoxError> {
            let tbs = Tbs::render(draft, &csr, identity.issuer())?;
            Ok(identity.issue(tbs)?)
        };
        match self.pool.run(work).await {
            Ok(signed) => Ok(signed?),
            Err(PoolError::Full) => Err(Rejection::Overloaded),
            Err(error @ PoolError::Panicked) => Err(Rejection::failed(error)),
        }
    }

    /// Signed means recorded or withheld.
    async fn record(
        &self,
        cx: &mut SigningContext,
        certificate: &IssuedCertificate,
    ) -> Result<(), Rejection> {
        let Err(error) = self.hooks.postsign(cx, certificate).await else {
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
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("hooks", &self.road.hooks)
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
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
