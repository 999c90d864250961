//! The journal's part in issuing a certificate.

use sapi::async_trait;

use super::Journal;
use super::entry::Issued;
use sapi::{BoxError, IssuedCertificate, Issuer, SigningContext, SigningHooks};

#[async_trait]
impl SigningHooks for Journal {
    fn name(&self) -> &str {
        "journal"
    }

    /// A service that could not write down its certificates does not start.
    async fn boot(&self, _: &Issuer) -> Result<(), BoxError> {
        if !self.rehearsal {
            let folder = self.folder.clone();
            tokio::task::spawn_blocking(move || Self::open(&folder)).await??;
        }
        Ok(())
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let (issued, time) = (Issued::of(cx, cert), cx.received_at());
        let journal = self.clone();
        // The disk may take its time; the thread that serves the requests must not wait for it.
        tokio::task::spawn_blocking(move || journal.append(issued, time)).await??;
        Ok(())
    }
}
