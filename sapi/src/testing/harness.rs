//! The harness: hooks on the whole road, in the test's own process.

use std::fmt;
use std::time::Duration;

use super::{Authority, Clock};
use crate::certificate::{IssuedCertificate, Profile, SerialNumber};
use crate::hooks::{BoxError, Hooks, IntoHooks, Rejection};
use crate::identity::pool::SigningPool;
use crate::pipeline::{Observation, Pipeline};
use crate::request::{CertRequest, ClientId, Peer};

/// Runs hooks with a throw-away CA and without a socket. Requests go the whole road and come back as
/// certificates or rejections.
///
/// Use it inside a tokio runtime, as `#[tokio::test]` gives one.
///
/// ```
/// use sapi::testing::{Harness, RequestBuilder};
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let harness = Harness::new(Members);
/// let rejection = harness.issue("web01", &RequestBuilder::new().build()).await.unwrap_err();
/// assert_eq!(rejection.slug(), "denied"); // Members abstain
/// # });
/// ```
pub struct Harness {
    hooks: Hooks,
    pub(super) authority: Authority,
    pub(super) profile: Profile,
    pub(super) time_limit: Duration,
    pub(super) clock: Option<Clock>,
    pub(super) rehearsal: bool,
    pub(super) peer: Peer,
    pool: SigningPool,
    pipeline: Pipeline,
}

impl Harness {
    /// A harness with a new CA, the default profile and the present time.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let harness = sapi::testing::Harness::new(Members);
    /// ```
    #[must_use]
    pub fn new(hooks: impl IntoHooks) -> Self {
        let hooks = hooks.into_hooks();
        let authority = Authority::new();
        let profile = Profile::default();
        let time_limit = Duration::from_secs(10);
        let pool = SigningPool::new(1, 1024).expect("the system starts one more thread");
        let pipeline = Pipeline::assemble(
            authority.identity(),
            hooks.clone(),
            pool.clone(),
            profile.clone(),
            time_limit,
        );
        Self {
            hooks,
            authority,
            profile,
            time_limit,
            clock: None,
            rehearsal: false,
            peer: Peer::local(),
            pool,
            pipeline,
        }
    }

    /// Runs every hook's `boot`.
    ///
    /// # Errors
    ///
    /// The error of the first hook that fails.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// assert!(sapi::testing::Harness::new(Members).boot().await.is_ok());
    /// # });
    /// ```
    pub async fn boot(&self) -> Result<(), BoxError> {
        self.pipeline.boot().await
    }

    /// Sends a client's request down the road, and returns everything that happened: each hook's answer
    /// and time, the terms, the draft before and after `presign`, the certificate, the decision.
    ///
    /// # Panics
    ///
    /// If `client` is not a valid [`ClientId`]. The server answers that with 404 by itself.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use sapi::testing::{Harness, RequestBuilder};
    /// let request = RequestBuilder::new().common_name("web01").build();
    /// let seen = Harness::new(Members).observe("web01", &request).await;
    /// seen.assert_denied("no policy");
    /// assert!(seen.terms().is_none());
    /// # });
    /// ```
    pub async fn observe(&self, client: &str, request: &CertRequest) -> Observation {
        self.observe_from(&self.peer, client, request).await
    }

    /// Like [`observe`](Self::observe), from this peer.
    ///
    /// # Panics
    ///
    /// If `client` is not a valid [`ClientId`].
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use sapi::{Peer, testing::{Harness, RequestBuilder}};
    /// let (request, peer) = (RequestBuilder::new().build(), Peer::at([192, 0, 2, 7].into()));
    /// let seen = Harness::new(Members).observe_from(&peer, "web01", &request).await;
    /// assert_eq!(seen.context().peer().address(), peer.address());
    /// # });
    /// ```
    pub async fn observe_from(
        &self,
        peer: &Peer,
        client: &str,
        request: &CertRequest,
    ) -> Observation {
        let request_id = SerialNumber::random().expect("OpenSSL draws random numbers");
        let (request, peer) = (request.clone(), peer.clone());
        self.pipeline
            .observe(request_id.to_string(), client_id(client), request, peer)
            .await
    }

    /// Sends a client's request down the road, and returns what the client gets: the short form of
    /// [`observe`](Self::observe).
    ///
    /// # Errors
    ///
    /// The [`Rejection`] of a hook or of the pipeline.
    ///
    /// # Panics
    ///
    /// If `client` is not a valid [`ClientId`]. The server answers that with 404 by itself.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # async fn f() {
    /// use sapi::testing::{Harness, RequestBuilder};
    /// let request = RequestBuilder::new().common_name("web01").build();
    /// let decision = Harness::new(Members).issue("web01", &request).await;
    /// # }
    /// ```
    pub async fn issue(
        &self,
        client: &str,
        request: &CertRequest,
    ) -> Result<IssuedCertificate, Rejection> {
        self.pipeline
            .issue(client_id(client), request.clone(), self.peer.clone())
            .await
    }

    /// The CA.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let ca_pem = sapi::testing::Harness::new(Members).ca().pem();
    /// ```
    #[must_use]
    pub fn ca(&self) -> &Authority {
        &self.authority
    }

    /// The pipeline itself, for what the harness does not offer.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let issuer = sapi::testing::Harness::new(Members).pipeline().issuer();
    /// ```
    #[must_use]
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Makes the pipeline again from the present parts.
    pub(super) fn assembled(mut self) -> Self {
        let identity = match self.rehearsal {
            true => self.authority.rehearsal(),
            false => self.authority.identity(),
        };
        let pipeline = Pipeline::assemble(
            identity,
            self.hooks.clone(),
            self.pool.clone(),
            self.profile.clone(),
            self.time_limit,
        );
        self.pipeline = match self.clock.clone() {
            Some(clock) => pipeline.with_clock(move || clock.now()),
            None => pipeline,
        };
        self
    }
}

fn client_id(text: &str) -> ClientId {
    text.parse().expect("a client is letters and digits")
}

impl fmt::Debug for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness")
            .field("hooks", &self.hooks)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
