//! `HookCall`: one call of one method of a hook.

use std::time::Duration;

use super::rejection::Rejection;
use super::verdict::Verdict;
use crate::certificate::SerialNumber;

/// One call of one method of a hook: what it answered, and how long it took.
///
/// ```
/// # struct Members;
/// # impl sapi::SigningHooks for Members { fn name(&self) -> &str { "members" } }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use sapi::testing::{Harness, RequestBuilder};
///
/// let seen = Harness::new(Members).observe("web01", &RequestBuilder::new().build()).await;
/// let call = &seen.calls()[0];
/// assert_eq!((call.hook(), call.method(), call.answer()), ("members", "authorize", "abstains"));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct HookCall {
    pub(crate) hook: String,
    pub(crate) method: &'static str,
    pub(crate) took: Duration,
    /// As text. It is empty unless the request is watched, because formatting takes time.
    pub(crate) answer: String,
}

impl HookCall {
    /// The hook's name.
    ///
    /// ```no_run
    /// # fn f(call: &sapi::HookCall) { println!("{}", call.hook()); }
    /// ```
    #[must_use]
    pub fn hook(&self) -> &str {
        &self.hook
    }

    /// The method: `authorize`, `serial_number`, `presign` or `postsign`.
    ///
    /// ```no_run
    /// # fn f(call: &sapi::HookCall) { assert_ne!(call.method(), "boot"); }
    /// ```
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The answer in a few words: `grants 30d: DNS:www.example.com`, `refuses (denied: unknown client)`.
    ///
    /// ```no_run
    /// # fn f(call: &sapi::HookCall) { println!("{}", call.answer()); }
    /// ```
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// How long it took.
    ///
    /// ```no_run
    /// # fn f(call: &sapi::HookCall) { assert!(call.took().as_millis() < 100); }
    /// ```
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }
}

/// An answer that can be written as text.
pub(crate) trait InWords {
    fn in_words(&self) -> String;
}

impl InWords for Verdict {
    fn in_words(&self) -> String {
        match self {
            Self::Grant(terms) => format!("grants {terms}"),
            Self::Abstain => "abstains".into(),
        }
    }
}

impl InWords for Option<SerialNumber> {
    fn in_words(&self) -> String {
        match self {
            Some(serial) => format!("chooses {serial}"),
            None => "leaves it to others".into(),
        }
    }
}

impl InWords for () {
    fn in_words(&self) -> String {
        "agrees".into()
    }
}

impl<T: InWords> InWords for Result<T, Rejection> {
    fn in_words(&self) -> String {
        match self {
            Ok(answer) => answer.in_words(),
            Err(rejection) => format!("refuses ({})", rejection.in_words()),
        }
    }
}
