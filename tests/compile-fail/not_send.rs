//! Any free thread may run a hook: what it keeps across an await must be able to move.
use std::rc::Rc;

use sapi::{Rejection, SigningContext, SigningHooks, Verdict, async_trait};

struct Counting;

#[async_trait]
impl SigningHooks for Counting {
    async fn authorize(&self, _: &mut SigningContext) -> Result<Verdict, Rejection> {
        let count = Rc::new(1);
        tokio::task::yield_now().await;
        drop(count);
        Ok(Verdict::Abstain)
    }
}

fn main() {}
