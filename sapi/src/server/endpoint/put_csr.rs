//! The one public endpoint: `PUT /api/csr/<client>`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use actix_web::http::{ConnectionType, Method};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::anchors::Anchors;
use super::answers::Answers;
use super::body::BodyError;
use super::{body, proxy, reply, unread};
use crate::encoding::hex::hex;
use crate::pipeline::Pipeline;
use crate::pipeline::audit::Unseen;
use crate::request::{CertRequest, ClientId, Peer, RequestPolicy};
use crate::server::process::drain::Drain;
use crate::server::process::health::Health;
use crate::settings::checked::{Http, Proxy};

/// Everything that the endpoint needs to answer requests.
pub(crate) struct Endpoint {
    pub(crate) pipeline: Pipeline,
    pub(crate) requests: RequestPolicy,
    pub(crate) proxy: Proxy,
    pub(crate) anchors: Anchors,
    pub(crate) http: Http,
    pub(crate) drain: Arc<Drain>,
    pub(crate) in_progress: AtomicUsize,
    pub(crate) answers: Answers,
    pub(crate) health: Arc<Health>,
}

impl Endpoint {
    fn has_room(&self) -> bool {
        self.pipeline.in_flight() < self.http.max_in_flight
    }
}

/// Adds the endpoint to a server; everything else is 404.
pub(crate) fn configure(endpoint: Data<Endpoint>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |service| {
        service
            .app_data(endpoint)
            .service(web::resource("/api/csr/{client}").to(answer))
            .default_service(web::to(not_found));
    }
}

async fn answer(
    endpoint: Data<Endpoint>,
    request: HttpRequest,
    mut payload: Payload,
) -> HttpResponse {
    let request_id = proxy::request_id(&request, &endpoint.proxy);
    let answer = if request.method() == Method::PUT {
        put_csr(&endpoint, &request, &mut payload, &request_id).await
    } else {
        reply::method_not_allowed(&request_id)
    };
    finished(&endpoint, &request, &request_id, payload, answer)
}

async fn not_found(
    endpoint: Data<Endpoint>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let request_id = proxy::request_id(&request, &endpoint.proxy);
    let answer = reply::problem(
        &request_id,
        "not-found",
        "the only endpoint is PUT /api/csr/<client>",
    );
    finished(&endpoint, &request, &request_id, payload, answer)
}

async fn put_csr(
    endpoint: &Endpoint,
    request: &HttpRequest,
    payload: &mut Payload,
    request_id: &str,
) -> HttpResponse {
    let client = request.match_info().get("client").unwrap_or_default();
    let client: ClientId = match client.parse() {
        Ok(client) => client,
        Err(error) => {
            return reply::problem(request_id, "invalid-client-id", &format!("client: {error}"));
        }
    };
    // The server and the pipeline each read the clock once per request, and pass the time down.
    let now = SystemTime::now();
    let peer = proxy::peer(request, &endpoint.proxy, &endpoint.anchors.current(), now);
    let metrics = endpoint.pipeline.metrics();
    let slot = Slot::take(&endpoint.in_progress, endpoint.http.max_in_flight);
    let unseen = Unseen {
        request_id,
        client: client.as_str(),
        peer: &peer,
        body_sha256: "",
    };
    // A client that hangs up gives its slot back at once, but its request stays in flight for a while.
    let Some(_slot) = slot.filter(|_| endpoint.has_room()) else {
        let cause = "http.max_in_flight requests are in progress";
        unseen.refused(metrics, "overloaded", cause);
        return reply::overloaded(request_id);
    };
    let body = match read_body(endpoint, request, payload).await {
        Ok(body) => body,
        Err(error) => {
            unseen.refused(metrics, error.slug, &error.detail);
            return reply::problem(request_id, error.slug, &error.detail);
        }
    };
    match CertRequest::read(&body, &endpoint.requests) {
        Ok(csr) => issue(endpoint, request_id, client, csr, peer).await,
        Err(error) => {
            let body_sha256 = &hex(&Sha256::digest(&body));
            let unseen = Unseen {
                body_sha256,
                ..unseen
            };
            unseen.refused(metrics, error.slug(), &error.to_string());
            reply::unacceptable(request_id, &error)
        }
    }
}

async fn read_body(
    endpoint: &Endpoint,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<web::Bytes, BodyError> {
    body::check_headers(request, endpoint.http.max_body)?;
    body::read(payload, endpoint.http.max_body, endpoint.http.body_timeout).await
}

async fn issue(
    endpoint: &Endpoint,
    request_id: &str,
    client: ClientId,
    csr: CertRequest,
    peer: Peer,
) -> HttpResponse {
    let outcome = endpoint
        .pipeline
        .issue_numbered(request_id.to_owned(), client, csr, peer);
    let outcome = tokio::select! {
        biased;
        outcome = outcome => outcome,
        () = endpoint.drain.time_is_up() => return reply::draining(request_id),
    };
    match outcome {
        Ok(certificate) => reply::issued(request_id, &certificate),
        Err(rejection) => reply::rejected(request_id, &rejection),
    }
}

/// Counts and logs an answer. While the server drains, each answer is the last one on its connection.
fn finished(
    endpoint: &Endpoint,
    request: &HttpRequest,
    request_id: &str,
    payload: Payload,
    mut answer: HttpResponse,
) -> HttpResponse {
    let status = answer.status().as_u16();
    endpoint.answers.count(status);
    tracing::debug!(
        request_id,
        method = request.method().as_str(),
        path = request.path(),
        status,
        "answered"
    );
    if endpoint.drain.has_begun() {
        // actix-http would leave out a header that says the same.
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    if answer.status().is_success() {
        return answer;
    }
    unread::keep(payload, answer)
}

/// A slot among the requests in progress. Dropping it gives the slot back.
struct Slot<'a>(&'a AtomicUsize);

impl<'a> Slot<'a> {
    fn take(taken: &'a AtomicUsize, all: usize) -> Option<Self> {
        if taken.fetch_add(1, Ordering::AcqRel) < all {
            Some(Self(taken))
        } else {
            taken.fetch_sub(1, Ordering::AcqRel);
            None
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
