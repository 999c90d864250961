//! The measured shell: it grants what is asked for, after a nap if told to.
//!
//! It is this very program, called with `BENCH_SHELL` set, so that there is only one program to build.
//! `BENCH_NAP` is the nap in milliseconds, `BENCH_HOOKS` how many hooks abstain behind the first.

use std::process::ExitCode;
use std::time::Duration;

use sapi::{App, Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};

struct Grant {
    nap: Option<Duration>,
}

#[async_trait]
impl SigningHooks for Grant {
    fn name(&self) -> &str {
        "grant"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        if let Some(nap) = self.nap {
            tokio::time::sleep(nap).await;
        }
        let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

/// A hook that abstains.
struct Idle;

impl SigningHooks for Idle {
    fn name(&self) -> &str {
        "idle"
    }
}

pub(crate) fn run() -> ExitCode {
    let nap = number("BENCH_NAP").map(Duration::from_millis);
    let grant = App::new().hook(Grant { nap });
    (0..number("BENCH_HOOKS").unwrap_or(0))
        .fold(grant, |app, _| app.hook(Idle))
        .run()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
