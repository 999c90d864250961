//! The certificates that this system trusts.

use std::fs;

use sapi_tools::exit::Failure;

use super::exit;

/// Reads the system's own bundle, in PEM. `SSL_CERT_FILE` may name another.
pub(crate) fn system() -> Result<Vec<u8>, Failure> {
    let missing = "this system has no file of trusted certificates; give --tls-ca-file";
    let file = openssl_probe::probe().cert_file;
    let file = file.ok_or_else(|| exit::settings(missing))?;
    fs::read(&file).map_err(|error| exit::settings(format!("{}: {error}", file.display())))
}
