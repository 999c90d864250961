//! An error becomes a denial, whose reason the client reads, only by an explicit `map_err`.
use sapi::Rejection;

#[derive(Debug)]
struct NotAMember;

impl std::fmt::Display for NotAMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a member")
    }
}

impl std::error::Error for NotAMember {}

impl From<NotAMember> for Rejection {
    fn from(_: NotAMember) -> Self {
        Rejection::denied("not a member")
    }
}

fn main() {}
