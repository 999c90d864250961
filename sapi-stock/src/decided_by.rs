//! Who decided.

/// A note of a hook in the context: the person or the rule behind its grant. The journal writes it down.
///
/// ```no_run
/// # fn f(cx: &mut sapi::SigningContext) {
/// cx.insert(sapi_stock::DecidedBy("the night shift".into()));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy(pub String);
