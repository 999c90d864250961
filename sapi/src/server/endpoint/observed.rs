//! The HTTP answer that a client would get, made from an observation.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use serde_json::Value;

use super::reply;
use crate::pipeline::Observation;
use crate::request::CsrError;

/// The outcome as an HTTP answer. This needs the feature `server`.
impl Observation {
    /// The status of the answer: 200, 202, 403, ...
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use sapi::testing::{Harness, RequestBuilder};
    /// let seen = Harness::new(Members).observe("web01", &RequestBuilder::new().build()).await;
    /// assert_eq!(seen.status(), 403);
    /// # });
    /// ```
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer().0
    }

    /// The body of the answer, as the client gets it: the certificate, a word to come back later, or a
    /// problem document (RFC 9457) if the request is rejected.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use sapi::testing::{Harness, RequestBuilder};
    /// let seen = Harness::new(Members).observe("web01", &RequestBuilder::new().build()).await;
    /// assert_eq!(seen.body()["type"], "urn:sapi:problem:denied");
    /// # });
    /// ```
    #[must_use]
    pub fn body(&self) -> Value {
        self.answer().1
    }

    fn answer(&self) -> (u16, Value) {
        let request_id = self.context().request_id();
        match (self.rejection(), self.certificate()) {
            (None, Some(certificate)) => read(reply::issued(request_id, certificate)),
            (Some(rejection), _) => read(reply::rejected(request_id, rejection)),
            (None, None) => (500, Value::Null),
        }
    }
}

/// The answer to a request that no hook sees.
pub(crate) fn unacceptable(request_id: &str, error: &CsrError) -> (u16, Value) {
    read(reply::unacceptable(request_id, error))
}

fn read(response: HttpResponse) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.into_body().try_into_bytes();
    let json = body
        .ok()
        .and_then(|body| serde_json::from_slice(&body).ok());
    (status, json.unwrap_or_default())
}
