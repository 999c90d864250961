//! The integrator's part: policy as code.

mod call;
mod chain;
mod composition;
mod context;
mod first_of;
mod guard;
mod rejection;
mod signing_hooks;
mod verdict;

pub use call::HookCall;
pub use chain::Chain;
pub use composition::{Hooks, IntoHooks};
pub use context::SigningContext;
pub use first_of::FirstOf;
pub use rejection::{BoxError, Rejection};
pub use signing_hooks::SigningHooks;
pub use verdict::{Terms, Verdict};
