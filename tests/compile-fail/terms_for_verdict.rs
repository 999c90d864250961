//! Terms are not yet a verdict: a hook must say that it grants.
use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};

struct Members;

#[async_trait]
impl SigningHooks for Members {
    async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
        Ok(Terms::valid_for(Validity::days(1)))
    }
}

fn main() {}
