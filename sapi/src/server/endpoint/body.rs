//! Reads the body of a request, within limits of media type, size and time.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_core::Stream;

/// Why a body was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BodyError {
    pub(crate) slug: &'static str,
    pub(crate) detail: String,
}

/// Refuses a body by its headers alone, before any byte of it is read.
pub(crate) fn check_headers(request: &HttpRequest, max_body: usize) -> Result<(), BodyError> {
    check_type(request)?;
    let encoded = request
        .headers()
        .get_all(CONTENT_ENCODING)
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        return Err(BodyError {
            slug: "unsupported-encoding",
            detail: "Content-Encoding: send the request as it is, not compressed".into(),
        });
    }
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    match announced.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > max_body => Err(too_large(max_body)),
        _ => Ok(()),
    }
}

/// Reads the whole body.
pub(crate) async fn read(
    payload: &mut Payload,
    max_body: usize,
    limit: Duration,
) -> Result<Bytes, BodyError> {
    match tokio::time::timeout(limit, collect(payload, max_body)).await {
        Ok(body) => body,
        Err(_) => Err(BodyError {
            slug: "timeout",
            detail: format!(
                "the body did not arrive within {} seconds",
                limit.as_secs_f64()
            ),
        }),
    }
}

async fn collect(payload: &mut Payload, max_body: usize) -> Result<Bytes, BodyError> {
    let mut body = BytesMut::new();
    while let Some(piece) = poll_fn(|task| Pin::new(&mut *payload).poll_next(task)).await {
        let piece = piece.map_err(|_| BodyError {
            slug: "bad-framing",
            detail: "the body ended early or is badly framed".into(),
        })?;
        if body.len() + piece.len() > max_body {
            return Err(too_large(max_body));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// RFC 5967 registers application/pkcs10. ssl_api took application/x-pem-file. `curl -T` sends no type.
fn check_type(request: &HttpRequest) -> Result<(), BodyError> {
    let mut types = request.headers().get_all(CONTENT_TYPE);
    let Some(first) = types.next() else {
        return Ok(());
    };
    let text = first.to_str().unwrap_or_default();
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if types.next().is_none() && ACCEPTED.contains(&essence.as_str()) {
        return Ok(());
    }
    let hint = if essence == "application/x-www-form-urlencoded" {
        "; curl --data-binary sends application/x-www-form-urlencoded unless told otherwise: add -H 'Content-Type: application/pkcs10', or use curl -T"
    } else {
        ""
    };
    Err(BodyError {
        slug: "unsupported-media-type",
        detail: format!(
            "Content-Type: send one of {}, or none{hint}",
            ACCEPTED.join(", ")
        ),
    })
}

fn too_large(max_body: usize) -> BodyError {
    BodyError {
        slug: "body-too-large",
        detail: format!("the body is larger than {max_body} bytes"),
    }
}

const ACCEPTED: [&str; 3] = [
    "application/pkcs10",
    "application/x-pem-file",
    "application/octet-stream",
];
