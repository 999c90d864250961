//! A request given on the command line.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Reads the whole file, or standard input for `-`. Refuses more bytes than the endpoint accepts.
pub(super) fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(fs::File::open(path)?)
    };
    let mut body = Vec::new();
    // One byte more than allowed is enough to refuse.
    source.take(limit as u64 + 1).read_to_end(&mut body)?;
    if body.len() > limit {
        return Err(io::Error::other(format!(
            "is larger than {limit} bytes (http.max_body)"
        )));
    }
    Ok(body)
}
