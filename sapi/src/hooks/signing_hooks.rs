//! `SigningHooks`: the integrator's part.

use async_trait::async_trait;

use super::context::SigningContext;
use super::rejection::{BoxError, Rejection};
use super::verdict::Verdict;
use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, SerialNumber};

/// Your part in issuing a certificate. Every method has a default; implement what you need.
///
/// Keep long-lived state in `self`, and notes about one request in the [`SigningContext`]. A hook that
/// returns an error, panics or exceeds its time limit (`hooks.timeout`) refuses. Hooks run on the threads
/// that also serve HTTP: wait with `.await`, and move blocking calls to `tokio::task::spawn_blocking`.
///
/// ```
/// use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
///
/// struct WebServers;
///
/// #[async_trait]
/// impl SigningHooks for WebServers {
///     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
///         if !cx.client().as_str().starts_with("web") {
///             return Err(Rejection::denied("only web servers get certificates here"));
///         }
///         let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
///         Ok(Verdict::Grant(terms))
///     }
/// }
/// ```
#[async_trait]
#[doc(alias = "API_CSR_HOOKS_FACTORY")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of signing hooks",
    label = "does not implement `SigningHooks`",
    note = "write `#[sapi::async_trait] impl sapi::SigningHooks for {Self} {{ .. }}`; every method has a default"
)]
pub trait SigningHooks: Send + Sync + 'static {
    /// Names this hook in logs and metrics.
    ///
    /// - **When**: at every call of the hook.
    /// - **Available**: the hook itself.
    /// - **May change**: nothing.
    /// - **Error**: this method cannot fail.
    ///
    /// ```
    /// # struct Members;
    /// impl sapi::SigningHooks for Members {
    ///     fn name(&self) -> &str { "members" }
    /// }
    /// ```
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// Prepares the hook, for example by connecting to a database.
    ///
    /// - **When**: before the socket opens, and at each reload before hooks and identity are exchanged.
    /// - **Available**: the CA's public half.
    /// - **May change**: only the hook's own state.
    /// - **Error**: stops the start. A reload that fails leaves everything as it was.
    ///
    /// ```
    /// # struct Members;
    /// #[sapi::async_trait]
    /// impl sapi::SigningHooks for Members {
    ///     async fn boot(&self, ca: &sapi::Issuer) -> Result<(), sapi::BoxError> {
    ///         println!("signing for {:?}", ca.subject());
    ///         Ok(())
    ///     }
    /// }
    /// ```
    #[doc(alias = "CUSTOM_BOOT_CB")]
    async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        let _ = ca;
        Ok(())
    }

    /// Decides whether a request may be signed, and on what terms.
    ///
    /// - **When**: the request has arrived, and its signature is valid.
    /// - **Available**: the whole context.
    /// - **May change**: the notes in the context, for later hooks.
    /// - **Error**: refuses the request. The request is also refused if every hook abstains.
    ///
    /// ```
    /// use sapi::{Rejection, SigningContext, Terms, Validity, Verdict};
    /// # struct Lab;
    /// #[sapi::async_trait]
    /// impl sapi::SigningHooks for Lab {
    ///     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    ///         Ok(Verdict::Grant(Terms::valid_for(Validity::hours(8))))
    ///     }
    /// }
    /// ```
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let _ = cx;
        Ok(Verdict::Abstain)
    }

    /// Chooses the serial number. `None` leaves the choice to the next hook; without a choice it is random.
    ///
    /// - **When**: the request is granted.
    /// - **Available**: the context, with the notes of `authorize`.
    /// - **May change**: nothing in the context.
    /// - **Error**: refuses the request.
    ///
    /// A CA must never repeat a serial number, not even after a restart (RFC 5280 section 4.1.2.2).
    /// sapi keeps no record, so it cannot check this. Choose only if something demands it.
    ///
    /// ```
    /// use sapi::{Rejection, SerialNumber, SigningContext};
    /// # struct Registry;
    /// # impl Registry { async fn next_serial(&self) -> Result<[u8; 8], sapi::BoxError> { Ok([1; 8]) } }
    /// #[sapi::async_trait]
    /// impl sapi::SigningHooks for Registry {
    ///     async fn serial_number(&self, _: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
    ///         let next = self.next_serial().await?;
    ///         Ok(Some(SerialNumber::from_be_bytes(&next)?))
    ///     }
    /// }
    /// ```
    #[doc(alias = "SERIAL_NUMBER_GENERATOR_CB")]
    async fn serial_number(&self, cx: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        let _ = cx;
        Ok(None)
    }

    /// Adjusts the certificate before it is signed, or still refuses it.
    ///
    /// - **When**: the certificate is complete except for its signature.
    /// - **Available**: the context and the draft.
    /// - **May change**: the notes in the context, and the draft where [`DraftCertificate`] allows it. The
    ///   key, the issuer, the serial number, `CA:FALSE` and the signature algorithm are fixed.
    /// - **Error**: refuses the request.
    ///
    /// ```
    /// use sapi::{DraftCertificate, Rejection, SigningContext};
    /// # struct Revocable;
    /// #[sapi::async_trait]
    /// impl sapi::SigningHooks for Revocable {
    ///     async fn presign(&self, _: &mut SigningContext, draft: &mut DraftCertificate) -> Result<(), Rejection> {
    ///         Ok(draft.add_crl_url("http://ca.example.com/ca.crl")?)
    ///     }
    /// }
    /// ```
    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        let _ = (cx, draft);
        Ok(())
    }

    /// Records the certificate before the client gets it.
    ///
    /// - **When**: the certificate is signed. A rehearsal skips this method.
    /// - **Available**: the context and the certificate.
    /// - **May change**: the notes in the context. The certificate is fixed.
    /// - **Error**: withholds the certificate. The client gets 500, and the audit log names the serial.
    ///
    /// ```
    /// use sapi::{BoxError, IssuedCertificate, SigningContext};
    /// # struct Journal;
    /// #[sapi::async_trait]
    /// impl sapi::SigningHooks for Journal {
    ///     async fn postsign(&self, cx: &mut SigningContext, cert: &IssuedCertificate) -> Result<(), BoxError> {
    ///         println!("{} got {}", cx.client(), cert.serial());
    ///         Ok(())
    ///     }
    /// }
    /// ```
    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let _ = (cx, cert);
        Ok(())
    }
}

/// Lets hooks be shared with other code, for example with a task that refreshes their data.
#[async_trait]
#[diagnostic::do_not_recommend]
impl<H: SigningHooks + ?Sized> SigningHooks for std::sync::Arc<H> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        (**self).boot(ca).await
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        (**self).authorize(cx).await
    }

    async fn serial_number(&self, cx: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        (**self).serial_number(cx).await
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        (**self).presign(cx, draft).await
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        (**self).postsign(cx, cert).await
    }
}
