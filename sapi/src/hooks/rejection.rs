//! Why a request does not get a certificate now.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::certificate::SerialNumber;
use crate::request::CsrError;

/// Any error, as hooks may return it.
///
/// ```
/// let error: sapi::BoxError = "the disk is full".into();
/// ```
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request does not get a certificate now. Under `?` any error becomes [`Failed`](Self::Failed).
/// The client reads the reason of a denial, so turning an error into one needs an explicit `map_err`.
///
/// ```
/// use sapi::Rejection;
///
/// fn limit(text: &str) -> Result<u32, Rejection> {
///     Ok(text.parse()?) // a bad number is the server's fault: 500, and only the log reads why
/// }
/// assert!(matches!(limit("x"), Err(Rejection::Failed { .. })));
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[doc(alias = "CsrNotAuthedError")]
pub enum Rejection {
    /// No (403). The client reads the reason.
    Denied {
        /// For the client to read.
        reason: Cow<'static, str>,
    },
    /// Not yet (202). The client should send the same request again.
    Pending {
        /// How long the client should wait.
        retry_after: Duration,
    },
    /// Not without credentials (401).
    Unauthenticated {
        /// The challenge, as the header `WWW-Authenticate` carries it (RFC 9110 section 11.6.1).
        challenge: Cow<'static, str>,
    },
    /// Not so often (429).
    TooMany {
        /// How long the client should wait.
        retry_after: Duration,
    },
    /// The request itself is not acceptable (422). Only the pipeline gives this answer.
    Unacceptable(CsrError),
    /// The CA cannot sign at present (503). Only the pipeline gives this answer.
    Unavailable {
        /// For the client to read.
        reason: &'static str,
    },
    /// Too many requests wait for a signature (503). Only the pipeline gives this answer.
    Overloaded,
    /// A hook exceeded its time limit (503). Only the pipeline gives this answer.
    TimedOut {
        /// Name and method of the hook.
        hook: String,
    },
    /// Something broke (500). Only the log reads the source.
    Failed {
        /// Only for the log.
        source: BoxError,
    },
    /// The certificate was signed but could not be recorded, so it is withheld (500). Only the pipeline
    /// gives this answer.
    Withheld {
        /// Its serial number.
        serial: SerialNumber,
        /// Only for the log.
        source: BoxError,
    },
}

impl Rejection {
    /// A denial whose reason the client reads.
    ///
    /// ```
    /// let rejection = sapi::Rejection::denied("unknown client");
    /// assert_eq!(rejection.slug(), "denied");
    /// ```
    pub fn denied(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Denied {
            reason: reason.into(),
        }
    }

    /// Not yet: ask again after a while.
    ///
    /// ```
    /// use std::time::Duration;
    /// assert_eq!(sapi::Rejection::pending(Duration::from_secs(60)).slug(), "pending");
    /// ```
    #[must_use]
    pub fn pending(retry_after: Duration) -> Self {
        Self::Pending { retry_after }
    }

    /// Not without credentials. The challenge becomes the header `WWW-Authenticate` (RFC 9110 section
    /// 11.6.1) unchanged. If it is not a valid header, for example with a line break, the answer is 500.
    ///
    /// ```
    /// assert_eq!(sapi::Rejection::unauthenticated("Bearer").slug(), "unauthenticated");
    /// ```
    pub fn unauthenticated(challenge: impl Into<Cow<'static, str>>) -> Self {
        Self::Unauthenticated {
            challenge: challenge.into(),
        }
    }

    /// Not so often: ask again after a while.
    ///
    /// ```
    /// use std::time::Duration;
    /// assert_eq!(sapi::Rejection::too_many(Duration::from_secs(1)).slug(), "too-many-requests");
    /// ```
    #[must_use]
    pub fn too_many(retry_after: Duration) -> Self {
        Self::TooMany { retry_after }
    }

    /// An internal failure; only the log reads the error.
    ///
    /// ```
    /// assert_eq!(sapi::Rejection::failed("no disk").slug(), "internal-error");
    /// ```
    pub fn failed(source: impl Into<BoxError>) -> Self {
        Self::Failed {
            source: source.into(),
        }
    }

    /// The stable name of this kind of rejection, as in logs, metrics and `urn:sapi:problem:`.
    ///
    /// ```
    /// assert_eq!(sapi::Rejection::Overloaded.slug(), "overloaded");
    /// ```
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "denied",
            Self::Pending { .. } => "pending",
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::TooMany { .. } => "too-many-requests",
            Self::Unacceptable(error) => error.slug(),
            Self::Unavailable { .. } => "unavailable",
            Self::Overloaded => "overloaded",
            Self::TimedOut { .. } => "hook-timeout",
            Self::Failed { .. } => "internal-error",
            Self::Withheld { .. } => "withheld",
        }
    }

    /// Adds the hook's name to a failure. A decision needs no name: the audit line lists the hooks.
    pub(crate) fn of_hook(self, named: impl FnOnce() -> String) -> Self {
        match self {
            Self::Failed { source } => Self::failed(HookFailure {
                hook: named(),
                source,
            }),
            other => other,
        }
    }

    /// Slug and cause, only for readers who may see the cause.
    pub(crate) fn in_words(&self) -> String {
        match self.cause() {
            cause if cause.is_empty() => self.slug().to_owned(),
            cause => format!("{}: {cause}", self.slug()),
        }
    }

    /// The cause for the log. The client reads at most a reason.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Denied { reason } => reason.to_string(),
            Self::Pending { .. } | Self::TooMany { .. } => String::new(),
            Self::Unauthenticated { challenge } => format!("challenge {challenge:?}"),
            Self::Unacceptable(error) => error.to_string(),
            Self::Unavailable { reason } => (*reason).to_owned(),
            Self::Overloaded => "the queue before the signing threads is full".into(),
            Self::TimedOut { hook } => format!("{hook} ran past its time limit"),
            Self::Failed { source } | Self::Withheld { source, .. } => chain_of(source.as_ref()),
        }
    }
}

/// Makes `?` on any error refuse the request and never grant it.
impl<E: Into<BoxError>> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self::failed(error)
    }
}

/// A failure inside a hook: the hook's name and method, with the hook's own error as the source.
#[derive(Debug)]
struct HookFailure {
    /// Name and method.
    hook: String,
    source: BoxError,
}

impl fmt::Display for HookFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hook)
    }
}

impl std::error::Error for HookFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// The error and what caused it, joined by colons.
fn chain_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        // Many errors end with the text of their source.
        if !text.ends_with(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        source = cause.source();
    }
    text
}
