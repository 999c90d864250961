//! The answers to clients: a certificate or a problem document. Only this file turns an outcome into a status.

use std::time::Duration;

use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::problem::ProblemKind;
use crate::certificate::IssuedCertificate;
use crate::encoding::time::rfc3339;
use crate::hooks::Rejection;
use crate::request::CsrError;

/// Answers with the certificate. The status is 200 and not 201, because nothing is created that can be
/// fetched later.
pub(crate) fn issued(request_id: &str, certificate: &IssuedCertificate) -> HttpResponse {
    #[derive(Serialize)]
    struct Issued<'a> {
        signed_x509_pem: &'a str,
        issuer_chain_pem: &'a str,
        serial_number: String,
        not_before: String,
        not_after: String,
        sha256_fingerprint: String,
        request_id: &'a str,
    }
    let body = Issued {
        signed_x509_pem: certificate.pem(),
        issuer_chain_pem: certificate.issuer().chain_pem(),
        serial_number: certificate.serial().to_string(),
        not_before: rfc3339(certificate.not_before()),
        not_after: rfc3339(certificate.not_after()),
        sha256_fingerprint: certificate.fingerprint(),
        request_id,
    };
    begin(HttpResponse::Ok(), request_id).json(body)
}

/// Answers a request that the pipeline rejected.
pub(crate) fn rejected(request_id: &str, rejection: &Rejection) -> HttpResponse {
    match rejection {
        Rejection::Pending { retry_after } => pending(request_id, *retry_after),
        Rejection::Denied { reason } => problem(request_id, "denied", reason),
        Rejection::Unauthenticated { challenge } => {
            let header = HeaderValue::from_str(challenge);
            match header {
                Ok(header) => with_header(
                    problem(
                        request_id,
                        "unauthenticated",
                        "the policy of this certificate authority asks for credentials",
                    ),
                    WWW_AUTHENTICATE,
                    header,
                ),
                Err(_) => {
                    tracing::error!(request_id, "a hook's challenge cannot be a header");
                    problem(request_id, "internal-error", INTERNAL_DETAIL)
                }
            }
        }
        Rejection::TooMany { retry_after } => later(
            problem(
                request_id,
                "too-many-requests",
                "too many requests; the header Retry-After says when to come back",
            ),
            *retry_after,
        ),
        Rejection::Unacceptable(error) => unacceptable(request_id, error),
        Rejection::Unavailable { reason } => {
            later(problem(request_id, "unavailable", reason), MINUTE)
        }
        Rejection::Overloaded => overloaded(request_id),
        Rejection::TimedOut { .. } => later(
            problem(
                request_id,
                "hook-timeout",
                "the decision about this request took too long; try again later",
            ),
            TEN_SECONDS,
        ),
        Rejection::Failed { .. } => problem(request_id, "internal-error", INTERNAL_DETAIL),
        Rejection::Withheld { .. } => problem(
            request_id,
            "withheld",
            "the certificate was signed but could not be recorded, so it is withheld; the log of the server tells why",
        ),
    }
}

/// Answers a request that no hook saw.
pub(crate) fn unacceptable(request_id: &str, error: &CsrError) -> HttpResponse {
    problem(request_id, error.slug(), &error.to_string())
}

pub(crate) fn overloaded(request_id: &str) -> HttpResponse {
    let text = "more requests are waiting than this server takes at once; try again";
    later(
        problem(request_id, "overloaded", text),
        Duration::from_secs(1),
    )
}

pub(crate) fn draining(request_id: &str) -> HttpResponse {
    let text = "the server is shutting down before this request was decided; send it again";
    later(
        problem(request_id, "draining", text),
        Duration::from_secs(5),
    )
}

pub(crate) fn method_not_allowed(request_id: &str) -> HttpResponse {
    let text = "a certificate request is sent with PUT";
    with_header(
        problem(request_id, "method-not-allowed", text),
        ALLOW,
        HeaderValue::from_static("PUT"),
    )
}

/// A problem document (RFC 9457).
pub(crate) fn problem(request_id: &str, slug: &'static str, detail: &str) -> HttpResponse {
    #[derive(Serialize)]
    struct Problem<'a> {
        #[serde(rename = "type")]
        kind: String,
        title: &'a str,
        status: u16,
        detail: &'a str,
        instance: String,
    }
    let kind = ProblemKind::of(slug);
    let body = Problem {
        kind: format!("urn:sapi:problem:{}", kind.slug),
        title: kind.title,
        status: kind.status,
        detail,
        instance: format!("urn:uuid:{request_id}"),
    };
    let mut response = begin(HttpResponse::build(kind.status()), request_id);
    match serde_json::to_string(&body) {
        Ok(json) => response.content_type("application/problem+json").body(json),
        Err(_) => response.finish(),
    }
}

fn pending(request_id: &str, retry_after: Duration) -> HttpResponse {
    #[derive(Serialize)]
    struct Pending<'a> {
        status: &'a str,
        retry_after: u64,
        request_id: &'a str,
    }
    let body = Pending {
        status: "pending",
        retry_after: seconds(retry_after),
        request_id,
    };
    later(
        begin(HttpResponse::Accepted(), request_id).json(body),
        retry_after,
    )
}

/// Sets the headers that every answer has.
fn begin(mut response: HttpResponseBuilder, request_id: &str) -> HttpResponseBuilder {
    response.insert_header((CACHE_CONTROL, "no-store"));
    response.insert_header((REQUEST_ID, request_id));
    response
}

fn later(response: HttpResponse, after: Duration) -> HttpResponse {
    with_header(response, RETRY_AFTER, HeaderValue::from(seconds(after)))
}

fn with_header(mut response: HttpResponse, name: HeaderName, value: HeaderValue) -> HttpResponse {
    response.headers_mut().insert(name, value);
    response
}

/// Rounds up to whole seconds, and never to zero (RFC 9110 section 10.2.3).
fn seconds(duration: Duration) -> u64 {
    let part = u64::from(duration.subsec_nanos() > 0);
    (duration.as_secs() + part).max(1)
}

pub(crate) const REQUEST_ID: &str = "x-request-id";
const INTERNAL_DETAIL: &str =
    "something went wrong in the server; its log tells more under this request id";
const TEN_SECONDS: Duration = Duration::from_secs(10);
const MINUTE: Duration = Duration::from_secs(60);
