//! A verdict is not a boolean.
use sapi::{Rejection, SigningContext, SigningHooks, Verdict, async_trait};

struct Members;

#[async_trait]
impl SigningHooks for Members {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        Ok(cx.client() == "web01")
    }
}

fn main() {}
