//! Finding the request that the command line names.

use sapi_stock::approvals::{Application, State, Store};
use sapi_tools::exit::{Failure, NO};

use super::list::id;
use super::store_location::failure;

/// Finds a request by its client or id. If a client has several, it is the pending one, if only one is pending.
pub(super) fn select(store: &Store, which: &str) -> Result<Application, Failure> {
    let mut found = store.list().map_err(failure)?;
    // A client is letters and digits. After a hyphen comes the start of the request's SHA-256.
    let meant = |application: &Application| match which.split_once('-') {
        Some((client, start)) => {
            application.client == client
                && !start.is_empty()
                && application.sha256.starts_with(start)
        }
        None => application.client == which,
    };
    found.retain(meant);
    if found.len() > 1
        && found
            .iter()
            .filter(|one| one.state() == State::Pending)
            .count()
            == 1
    {
        found.retain(|one| one.state() == State::Pending);
    }
    let ids: Vec<_> = found
        .iter()
        .map(|one| format!("{} ({})", id(one), one.state()))
        .collect();
    match (found.pop(), ids.len()) {
        (Some(only), 1) => Ok(only),
        (None, _) => Err(Failure::new(NO, format!("there is no request of {which}"))),
        _ => Err(Failure::new(
            NO,
            format!(
                "{which} has several requests: say which: {}",
                ids.join(", ")
            ),
        )),
    }
}
