//! The public key is the request's; the draft does not even show it.
use sapi::{DraftCertificate, Rejection, SigningContext, SigningHooks, async_trait};

struct Swap;

#[async_trait]
impl SigningHooks for Swap {
    async fn presign(&self, cx: &mut SigningContext, draft: &mut DraftCertificate) -> Result<(), Rejection> {
        draft.set_public_key(cx.csr().public_key());
        Ok(())
    }
}

fn main() {}
