//! The exit code of a decision (sysexits), and its message on standard error.

use std::process::ExitCode;

use crate::hooks::Rejection;

pub(super) fn refuse(code: u8, why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(code)
}

/// The exit code of an answer over HTTP.
pub(super) fn of_status(status: u16) -> u8 {
    match status {
        401 | 403 => 77,
        202 | 429 | 503 | 504 => 75,
        500.. => 70,
        _ => 65,
    }
}

pub(super) fn exit_code(rejection: &Rejection) -> u8 {
    match rejection {
        Rejection::Unacceptable(_) => 65,
        Rejection::Denied { .. } | Rejection::Unauthenticated { .. } => 77,
        Rejection::Pending { .. }
        | Rejection::TooMany { .. }
        | Rejection::Unavailable { .. }
        | Rejection::Overloaded
        | Rejection::TimedOut { .. } => 75,
        Rejection::Failed { .. } | Rejection::Withheld { .. } => 70,
    }
}
