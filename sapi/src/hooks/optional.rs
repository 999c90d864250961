//! Hooks that may be absent.

use async_trait::async_trait;

use super::{BoxError, Rejection, SigningContext, SigningHooks, Verdict};
use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, SerialNumber};

/// Hooks that the settings may leave out; `None` takes no part in anything.
#[async_trait]
impl<H: SigningHooks> SigningHooks for Option<H> {
    fn name(&self) -> &str {
        self.as_ref().map_or("absent", SigningHooks::name)
    }

    async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        match self {
            Some(hooks) => hooks.boot(ca).await,
            None => Ok(()),
        }
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        match self {
            Some(hooks) => hooks.authorize(cx).await,
            None => Ok(Verdict::Abstain),
        }
    }

    async fn serial_number(&self, cx: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        match self {
            Some(hooks) => hooks.serial_number(cx).await,
            None => Ok(None),
        }
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        match self {
            Some(hooks) => hooks.presign(cx, draft).await,
            None => Ok(()),
        }
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        match self {
            Some(hooks) => hooks.postsign(cx, cert).await,
            None => Ok(()),
        }
    }
}
