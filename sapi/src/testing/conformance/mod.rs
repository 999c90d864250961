//! The conformance suite, which any hooks should pass.

mod case;
mod chance;
mod judge;
mod report;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Harness;
use crate::hooks::IntoHooks;
use crate::pipeline::Observation;
use crate::request::{AltName, ClientId, Peer};
use case::Case;
use chance::Chance;
use judge::Judge;
pub use report::ConformanceReport;

/// Tries hooks with requests of every kind, from known clients and from strangers, one after the other,
/// twice, and all at once. These are findings:
///
/// - a CA certificate; a name or common name that is neither asked for nor configured;
/// - a panic, an error, a missed time limit: hooks must decide about every request;
/// - a certificate for garbage: an unknown client on a connection that proves nothing, with made-up names;
/// - two answers to the same garbage;
/// - a serial number that appears twice;
/// - other names when requests come together;
/// - not one certificate, although the hooks know a client and a name: a suite with only refusals tests
///   little.
///
/// The requests come from a generator with a fixed seed, so another run finds the same failure.
/// `cargo test -- --nocapture` shows what was tried.
///
/// ```
/// # use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
/// # struct Members;
/// # #[async_trait]
/// # impl SigningHooks for Members {
/// #     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
/// #         let own: sapi::AltName = "DNS:www.example.com".parse()?;
/// #         if cx.client() != "web01" || cx.csr().names().iter().any(|name| *name != own) {
/// #             return Err(Rejection::denied("not yours"));
/// #         }
/// #         Ok(Verdict::Grant(Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr())))
/// #     }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use sapi::testing::conformance;
///
/// conformance(Members) // in a #[tokio::test]
///     .client("web01")
///     .name("DNS:www.example.com")
///     .run()
///     .await;
/// # });
/// ```
pub fn conformance(hooks: impl IntoHooks) -> Conformance {
    Conformance {
        harness: Harness::new(hooks),
        clients: Vec::new(),
        names: Vec::new(),
        requests: 200,
        seed: 1,
    }
}

/// A run of [`conformance`] before it starts: hooks and settings.
///
/// ```
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// let suite = sapi::testing::conformance(Members).client("web01").requests(50);
/// ```
#[derive(Debug)]
#[must_use]
pub struct Conformance {
    harness: Harness,
    clients: Vec<ClientId>,
    names: Vec<AltName>,
    requests: usize,
    seed: u64,
}

impl Conformance {
    /// Adds a client that the hooks know.
    ///
    /// # Panics
    ///
    /// If it is not a valid [`ClientId`].
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let suite = sapi::testing::conformance(Members).client("web01");
    /// ```
    pub fn client(mut self, client: &str) -> Self {
        let client = client.parse().expect("a client is letters and digits");
        self.clients.push(client);
        self
    }

    /// Adds a name that the hooks are configured with. Known clients ask for it, and hooks may grant it
    /// unasked.
    ///
    /// # Panics
    ///
    /// If it is not a name such as `DNS:www.example.com`.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let suite = sapi::testing::conformance(Members).name("DNS:www.example.com");
    /// ```
    pub fn name(mut self, name: &str) -> Self {
        match name.parse() {
            Ok(name) => self.names.push(name),
            Err(error) => panic!("{error}"),
        }
        self
    }

    /// Sets the connection of known clients. The connection of strangers proves nothing.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use sapi::Peer;
    /// let peer = Peer::at([192, 0, 2, 7].into());
    /// let suite = sapi::testing::conformance(Members).client("web01").peer(peer);
    /// ```
    pub fn peer(mut self, peer: Peer) -> Self {
        self.harness = self.harness.peer(peer);
        self
    }

    /// Changes the harness around the hooks: the CA, profile, time or time limit.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use std::time::Duration;
    /// let suite = sapi::testing::conformance(Members)
    ///     .harness(|harness| harness.time_limit(Duration::from_secs(1)));
    /// ```
    pub fn harness(mut self, change: impl FnOnce(Harness) -> Harness) -> Self {
        self.harness = change(self.harness);
        self
    }

    /// Sets the number of requests. The default is 200.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let suite = sapi::testing::conformance(Members).requests(1000);
    /// ```
    pub fn requests(mut self, requests: usize) -> Self {
        self.requests = requests;
        self
    }

    /// Sets the seed of the generator, for other requests.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let suite = sapi::testing::conformance(Members).seed(7);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Tries the hooks, prints what was tried, and fails the test if there are findings.
    ///
    /// # Panics
    ///
    /// If there are findings. The message shows each with the request that led to it.
    ///
    /// ```no_run
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # async fn f() {
    /// sapi::testing::conformance(Members).run().await;
    /// # }
    /// ```
    pub async fn run(self) {
        let report = self.report().await;
        #[allow(clippy::print_stdout, reason = "a test prints to standard output")]
        {
            println!("{report}");
        }
        assert!(report.findings().is_empty(), "{report}");
    }

    /// Tries the hooks and returns the report.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let report = sapi::testing::conformance(Members).requests(20).report().await;
    /// assert!(report.findings().is_empty());
    /// assert_eq!(report.issued(), 0); // these hooks abstain
    /// # });
    /// ```
    pub async fn report(self) -> ConformanceReport {
        let mut report = ConformanceReport::default();
        let mut cases = self.cases(&mut report);
        let known = !self.clients.is_empty() && !self.names.is_empty();
        let mut judge = Judge::new(self.names);
        let harness = Arc::new(self.harness);

        for case in &mut cases {
            let first = observe(&harness, case).await;
            judge.hold(&mut report, case, &first);
            case.issued_alone(first.certificate());
            if report.is_hopeless() {
                return report;
            }
            if case.is_garbage() {
                let second = observe(&harness, case).await;
                judge.compare(&mut report, case, &first, &second);
            }
        }
        let mut crowd = JoinSet::new();
        for case in cases {
            let harness = Arc::clone(&harness);
            crowd.spawn(async move { (observe(&harness, &case).await, case) });
        }
        while let Some(ended) = crowd.join_next().await {
            if let Ok((seen, case)) = ended {
                judge.hold(&mut report, &case, &seen);
                judge.hold_together(&mut report, &case, &seen);
            }
        }
        if known && report.issued() == 0 && report.findings().is_empty() {
            report.refused_throughout();
        }
        report
    }

    /// Draws the cases. Requests that no hook would see are counted and left out.
    fn cases(&self, report: &mut ConformanceReport) -> Vec<Case> {
        let mut chance = Chance::new(self.seed);
        let mut cases = Vec::new();
        for _ in 0..self.requests {
            match Case::draw(&mut chance, &self.clients, &self.names) {
                Some(case) => cases.push(case),
                None => report.unreadable(),
            }
        }
        cases
    }
}

/// Sends the request of a case. The connection of strangers proves nothing.
async fn observe(harness: &Harness, case: &Case) -> Observation {
    let (client, request) = (case.client(), case.request());
    // A hook that waits for another request to end must not wait for ever.
    let patience = Duration::from_secs(300);
    let seen = async {
        match case.is_garbage() {
            true => harness.observe_from(&Peer::local(), client, request).await,
            false => harness.observe(client, request).await,
        }
    };
    tokio::time::timeout(patience, seen)
        .await
        .expect("hooks are held to their time limits")
}
