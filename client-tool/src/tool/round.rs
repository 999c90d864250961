//! One round: check the files, ask for a certificate if one is needed, install it, do what follows.

use std::io::{self, Write};
use std::time::Duration;

use sapi_client::{
    AskError, Backoff, CheckError, Credential, Enrolment, Outcome, Refusal, RefusalKind,
};
use sapi_tools::exit::Failure;

use super::clock::Clock;
use super::exit::{self, OTHER, PENDING, REJECTED, SETTINGS, TEMPORARY};
use super::settings::{Settings, Waiting};
use super::store::Store;

/// When to replace a certificate that is still valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Never.
    Enrol,
    /// When it is time.
    Renew,
}

/// Does one round.
pub(crate) fn round(
    settings: &Settings,
    purpose: Purpose,
    clock: &dyn Clock,
) -> Result<(), Failure> {
    let store = Store::open(&settings.dir, settings.layout)?;
    let old = store.credential().unwrap_or_else(|why| {
        settings.say(&format!("{why}; it will be replaced"));
        None
    });
    match &old {
        Some(old) if !is_needed(settings, old, purpose, clock)? => {
            if !store.is_complete() {
                store.install(old, store.is_owed())?;
            }
        }
        _ => {
            let enrolment = enrolment(settings, &store, old.as_ref())?;
            let credential = Asking::new(settings, &store, clock).ask(enrolment, old.as_ref())?;
            store.install(&credential, !settings.after.is_nothing())?;
            store.forget_pending()?;
            settings.say(&format!(
                "a new certificate is in {}",
                settings.dir.display()
            ));
        }
    }
    if store.is_owed() {
        settings.after.run()?;
        store.settle()?;
    }
    Ok(())
}

fn is_needed(
    settings: &Settings,
    old: &Credential,
    purpose: Purpose,
    clock: &dyn Clock,
) -> Result<bool, Failure> {
    let now = clock.now();
    match settings.client.check(old, now) {
        Ok(()) => Ok(purpose == Purpose::Renew && old.renew_at(settings.before) <= now),
        // A new certificate would begin even later.
        Err(error @ CheckError::NotYet { .. }) => Err(Failure::new(TEMPORARY, error)),
        Err(error) => {
            settings.say(&format!("{error}; asking for another one"));
            Ok(true)
        }
    }
}

/// The pending request, if it still fits the settings. Otherwise a new one, kept before it is sent.
fn enrolment(
    settings: &Settings,
    store: &Store,
    old: Option<&Credential>,
) -> Result<Enrolment, Failure> {
    let wish = &settings.client.wish;
    let key = store.key();
    let renews_key = settings.new_key && old.is_some();
    if let Some(pending) = store.pending().filter(|pending| pending.asks_for(wish)) {
        let of_old_key = key.as_ref().is_some_and(|(_, pem)| pending.is_for_key(pem));
        let fits = if of_old_key {
            !renews_key
        } else {
            pending.has_key_of(settings.key)
        };
        if fits {
            return Ok(pending);
        }
    }
    let made = match key.filter(|_| !renews_key) {
        Some((file, pem)) => Enrolment::with_key_pem(&pem, wish)
            .map_err(|error| format!("{}: {error}", file.display())),
        None => Enrolment::new(settings.key, wish).map_err(|error| error.to_string()),
    };
    let made = made.map_err(exit::settings)?;
    store.keep_pending(&made)?;
    Ok(made)
}

/// Asks until an answer is final.
struct Asking<'a> {
    settings: &'a Settings,
    store: &'a Store,
    clock: &'a dyn Clock,
    backoff: Backoff,
    failures: u32,
    may_start_over: bool,
}

impl<'a> Asking<'a> {
    fn new(settings: &'a Settings, store: &'a Store, clock: &'a dyn Clock) -> Self {
        Self {
            settings,
            store,
            clock,
            backoff: Backoff::new(),
            failures: 0,
            may_start_over: settings.start_over,
        }
    }

    fn ask(
        &mut self,
        mut enrolment: Enrolment,
        old: Option<&Credential>,
    ) -> Result<Credential, Failure> {
        let client = &self.settings.client;
        loop {
            match client.ask(&enrolment, old, self.clock.now()) {
                Ok(Outcome::Issued(credential)) => return Ok(*credential),
                Ok(Outcome::Pending { retry_after }) => self.pending(retry_after)?,
                Ok(Outcome::Refused(refusal)) => match refusal.kind() {
                    RefusalKind::Temporary => self.failed(&refusal, refusal.retry_after())?,
                    RefusalKind::Rejected if self.may_start_over => {
                        self.settings
                            .say(&format!("rejected: {refusal}; starting over"));
                        self.may_start_over = false;
                        enrolment = Enrolment::new(self.settings.key, &client.wish)
                            .map_err(exit::settings)?;
                        self.store.keep_pending(&enrolment)?;
                    }
                    kind => return Err(refused(kind, &refusal)),
                },
                Err(AskError::Server(error)) if error.is_temporary() => {
                    self.failed(&error, None)?;
                }
                // Another certificate would fail the same check.
                Err(error) => return Err(not_accepted(&error)),
            }
        }
    }

    fn pending(&mut self, retry_after: Option<Duration>) -> Result<(), Failure> {
        if self.settings.waiting == Waiting::Once {
            let when = match retry_after {
                Some(time) => format!("in {} s", time.as_secs()),
                None => "later".into(),
            };
            let text = format!("the request is not decided yet; ask again {when}");
            return Err(Failure::new(PENDING, text));
        }
        self.failures = 0;
        let delay = self.delay(retry_after);
        let text = format!(
            "the request is not decided yet; asking again in {} s",
            delay.as_secs()
        );
        self.settings.say(&text);
        self.clock.pause(delay);
        Ok(())
    }

    /// Waits after a failed try, or gives up.
    fn failed(
        &mut self,
        why: &dyn std::fmt::Display,
        retry_after: Option<Duration>,
    ) -> Result<(), Failure> {
        self.failures += 1;
        let enough = match self.settings.waiting {
            Waiting::Once => true,
            Waiting::Decision => self.failures >= MOST_FAILURES,
            Waiting::Always => false,
        };
        if enough {
            return Err(Failure::new(TEMPORARY, why));
        }
        let delay = self.delay(retry_after);
        self.settings
            .say(&format!("{why}; trying again in {} s", delay.as_secs()));
        self.clock.pause(delay);
        Ok(())
    }

    fn delay(&mut self, retry_after: Option<Duration>) -> Duration {
        let own = self.backoff.next_delay();
        retry_after.map_or(own, |time| time.clamp(SHORTEST, LONGEST))
    }
}

fn refused(kind: RefusalKind, refusal: &Refusal) -> Failure {
    match kind {
        RefusalKind::Rejected => Failure::new(REJECTED, format!("rejected: {refusal}")),
        _ => Failure::new(
            SETTINGS,
            format!("the server does not take this request: {refusal}"),
        ),
    }
}

fn not_accepted(error: &AskError) -> Failure {
    let code = if error.is_temporary() {
        TEMPORARY
    } else {
        OTHER
    };
    Failure::new(code, error)
}

impl Settings {
    /// Writes a line to standard error. If it is closed, nobody can be told.
    pub(crate) fn say(&self, text: &str) {
        let _ = match self.label.as_str() {
            "" => writeln!(io::stderr(), "{text}"),
            label => writeln!(io::stderr(), "{label}: {text}"),
        };
    }
}

/// They take about a minute, unless the server names the delays.
const MOST_FAILURES: u32 = 6;
const SHORTEST: Duration = Duration::from_secs(1);
/// A server that says a year does not mean it.
const LONGEST: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use super::super::clock::tests::FakeClock;
    use super::super::options::Options;
    use super::*;

    #[test]
    fn a_server_that_stays_away_is_given_up_after_about_a_minute() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            url: Some(format!("unix:{}/no.sock", folder.path().display())),
            client: Some("web01".into()),
            dir: Some(folder.path().join("tls")),
            ca_fingerprint: vec!["0".repeat(64)],
            ..Options::default()
        };
        let clock = FakeClock::new(&[]);
        let settings = Settings::new("", &options).unwrap();
        let failure = round(&settings, Purpose::Enrol, &clock).unwrap_err();
        assert_eq!(failure.code(), TEMPORARY);
        let slept: u64 = clock.slept.borrow().iter().map(Duration::as_secs).sum();
        assert!((25..65).contains(&slept), "{slept}");
        // The key is kept for the next run.
        assert!(folder.path().join("tls/.pending.pem").exists());
    }
}
