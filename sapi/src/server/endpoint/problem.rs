//! Every kind of problem a client can meet: its slug, status and title.

use actix_web::http::StatusCode;

/// A kind of problem (RFC 9457). Its `type` is `urn:sapi:problem:` and the slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProblemKind {
    pub(crate) slug: &'static str,
    pub(crate) status: u16,
    pub(crate) title: &'static str,
}

impl ProblemKind {
    /// Returns the kind of a slug. A slug that is not in the table is an internal error.
    pub(crate) fn of(slug: &str) -> Self {
        let found = PROBLEMS.iter().find(|kind| kind.slug == slug);
        found.copied().unwrap_or(INTERNAL)
    }

    pub(crate) fn status(self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

const fn kind(slug: &'static str, status: u16, title: &'static str) -> ProblemKind {
    ProblemKind {
        slug,
        status,
        title,
    }
}

const INTERNAL: ProblemKind = kind("internal-error", 500, "Internal error");

/// The slugs are stable: clients and alerts may rely on them.
pub(crate) const PROBLEMS: &[ProblemKind] = &[
    kind("empty-body", 400, "The body is empty"),
    kind(
        "not-a-request",
        400,
        "The body is not a certificate request",
    ),
    kind("encrypted-pem", 400, "The PEM block is encrypted"),
    kind(
        "several-requests",
        400,
        "The body contains more than one PEM block",
    ),
    kind("trailing-data", 400, "Bytes follow the request"),
    kind(
        "malformed-request",
        400,
        "The certificate request is malformed",
    ),
    kind("bad-framing", 400, "The body did not arrive whole"),
    kind("unauthenticated", 401, "Credentials are needed"),
    kind("denied", 403, "The request was denied"),
    kind("not-found", 404, "The path does not exist"),
    kind(
        "invalid-client-id",
        404,
        "The client identifier is malformed",
    ),
    kind("method-not-allowed", 405, "The method is not allowed"),
    kind("timeout", 408, "The request took too long to arrive"),
    kind("body-too-large", 413, "The body is too large"),
    kind(
        "unsupported-media-type",
        415,
        "The media type is not supported",
    ),
    kind(
        "unsupported-encoding",
        415,
        "The content encoding is not supported",
    ),
    kind(
        "unsupported-version",
        422,
        "The version of the request is not supported",
    ),
    kind(
        "bad-signature",
        422,
        "The request is not signed by its own key",
    ),
    kind(
        "weak-signature",
        422,
        "The signature algorithm is not good enough",
    ),
    kind("weak-key", 422, "The key is not good enough"),
    kind("unsupported-key", 422, "The kind of key is not supported"),
    kind("invalid-key", 422, "The key is not valid"),
    kind("blocked-key", 422, "The key is blocked"),
    kind("ca-key", 422, "The key is the certificate authority's own"),
    kind(
        "ca-subject",
        422,
        "The subject is the certificate authority's own",
    ),
    kind(
        "duplicate-extension",
        422,
        "An extension is requested twice",
    ),
    kind("duplicate-attribute", 422, "An attribute appears twice"),
    kind(
        "unacceptable-name",
        422,
        "An alternative name is not acceptable",
    ),
    kind("unacceptable-subject", 422, "The subject is not acceptable"),
    kind(
        "ca-requested",
        422,
        "The request asks to be a certificate authority",
    ),
    kind("no-name", 422, "The certificate would name nobody"),
    kind("too-many-requests", 429, "Too many requests"),
    INTERNAL,
    kind("withheld", 500, "The certificate was withheld"),
    kind(
        "unavailable",
        503,
        "The certificate authority cannot sign at present",
    ),
    kind("hook-timeout", 503, "The decision took too long"),
    kind("overloaded", 503, "Too many requests are waiting"),
    kind("draining", 503, "The server is shutting down"),
];
