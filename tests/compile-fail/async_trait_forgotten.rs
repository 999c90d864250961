//! `#[async_trait]` is missing on the implementation.
use sapi::{Rejection, SigningContext, SigningHooks, Verdict};

struct Members;

impl SigningHooks for Members {
    async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
        Ok(Verdict::Abstain)
    }
}

fn main() {}
