//! A hook whose answers are closures, so that a test says in one line what its hook does.

use sapi::testing::{Harness, RequestBuilder};
use sapi::{
    BoxError, CertRequest, DraftCertificate, IssuedCertificate, Rejection, SerialNumber,
    SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait,
};

type Authorize = dyn Fn(&mut SigningContext) -> Result<Verdict, Rejection> + Send + Sync;
type Serial = dyn Fn() -> Result<Option<SerialNumber>, Rejection> + Send + Sync;
type Presign =
    dyn Fn(&mut SigningContext, &mut DraftCertificate) -> Result<(), Rejection> + Send + Sync;
type Postsign =
    dyn Fn(&mut SigningContext, &IssuedCertificate) -> Result<(), BoxError> + Send + Sync;

/// Abstains and does nothing, except as told.
#[derive(Default)]
pub(crate) struct Scripted {
    authorize: Option<Box<Authorize>>,
    serial: Option<Box<Serial>>,
    presign: Option<Box<Presign>>,
    postsign: Option<Box<Postsign>>,
}

impl Scripted {
    /// Grants all requested names for this long.
    pub(crate) fn granting(validity: Validity) -> Self {
        Self::default().authorize(move |cx| {
            let terms = Terms::valid_for(validity).with_requested_names(cx.csr());
            Ok(Verdict::Grant(terms))
        })
    }

    pub(crate) fn authorize(
        mut self,
        answer: impl Fn(&mut SigningContext) -> Result<Verdict, Rejection> + Send + Sync + 'static,
    ) -> Self {
        self.authorize = Some(Box::new(answer));
        self
    }

    pub(crate) fn serial(
        mut self,
        answer: impl Fn() -> Result<Option<SerialNumber>, Rejection> + Send + Sync + 'static,
    ) -> Self {
        self.serial = Some(Box::new(answer));
        self
    }

    pub(crate) fn presign(
        mut self,
        answer: impl Fn(&mut SigningContext, &mut DraftCertificate) -> Result<(), Rejection>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.presign = Some(Box::new(answer));
        self
    }

    pub(crate) fn postsign(
        mut self,
        answer: impl Fn(&mut SigningContext, &IssuedCertificate) -> Result<(), BoxError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.postsign = Some(Box::new(answer));
        self
    }
}

#[async_trait]
impl SigningHooks for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let answer = self.authorize.as_ref();
        answer.map_or(Ok(Verdict::Abstain), |answer| answer(cx))
    }

    async fn serial_number(&self, _: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        self.serial.as_ref().map_or(Ok(None), |answer| answer())
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        let answer = self.presign.as_ref();
        answer.map_or(Ok(()), |answer| answer(cx, draft))
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let answer = self.postsign.as_ref();
        answer.map_or(Ok(()), |answer| answer(cx, cert))
    }
}

/// `CN=web01` and `DNS:www.example.com`.
pub(crate) fn request() -> CertRequest {
    let builder = RequestBuilder::new().common_name("web01");
    builder.dns("www.example.com").build()
}

/// Grants a day and lets presign change the draft.
pub(crate) fn drafting(
    change: impl Fn(&mut DraftCertificate) -> Result<(), Rejection> + Send + Sync + 'static,
) -> Harness {
    Harness::new(Scripted::granting(Validity::days(1)).presign(move |_, draft| change(draft)))
}

/// The certificate for [`request`], after presign changed the draft.
pub(crate) async fn drafted(
    change: impl Fn(&mut DraftCertificate) -> Result<(), Rejection> + Send + Sync + 'static,
) -> IssuedCertificate {
    drafting(change).issue("web01", &request()).await.unwrap()
}

/// The part of a failure that only the log shows: the hook and the causes.
pub(crate) fn source_of(rejection: Rejection) -> String {
    let source = match rejection {
        Rejection::Failed { source } | Rejection::Withheld { source, .. } => source,
        other => panic!("not a failure: {other:?}"),
    };
    let mut text = source.to_string();
    let mut below = source.source();
    while let Some(cause) = below {
        text.push_str(&format!(": {cause}"));
        below = cause.source();
    }
    text
}
