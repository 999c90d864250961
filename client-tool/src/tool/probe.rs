//! The probe: it checks that the service is there.

use std::io::{self, Write};

use sapi_tools::exit::Failure;

use super::clock::Clock;
use super::exit::{self, OTHER, TEMPORARY};
use super::options::Options;
use super::settings::server;

pub(crate) fn probe(options: &Options, clock: &dyn Clock) -> Result<(), Failure> {
    let server = server(options)?;
    server.probe(clock.now()).map_err(|error| {
        let code = if error.is_temporary() {
            TEMPORARY
        } else {
            OTHER
        };
        Failure::new(code, error)
    })?;
    let url = options.url.as_deref().unwrap_or_default();
    writeln!(io::stdout(), "{url}: the service is there").map_err(exit::other)
}
