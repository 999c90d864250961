//! A reader and a writer of PEM blocks.
//!
//! The reader does not use OpenSSL's: for an encrypted block, OpenSSL would ask the terminal for a
//! passphrase, in the middle of a program that nobody watches.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

/// One block: its label and its DER.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Reads all blocks, in order. Text outside of them is ignored (RFC 7468 section 2).
pub(crate) fn blocks(bytes: &[u8]) -> Result<Vec<Block>, PemError> {
    let text = std::str::from_utf8(bytes).map_err(|_| PemError("it is not text"))?;
    let mut blocks = Vec::new();
    let mut open: Option<(&str, Zeroizing<String>)> = None;
    for line in text.lines().map(str::trim_end) {
        open = match (
            open,
            between(line, "-----BEGIN "),
            between(line, "-----END "),
        ) {
            (None, Some(label), _) => Some((label, Zeroizing::new(String::new()))),
            (None, None, _) => None,
            (Some((label, body)), None, Some(end)) if label == end => {
                blocks.push(decoded(label, &body)?);
                None
            }
            (Some((label, mut body)), None, None) => {
                body.push_str(line);
                Some((label, body))
            }
            _ => return Err(PemError("a PEM block is not closed")),
        };
    }
    match open {
        Some(_) => Err(PemError("a PEM block is cut short")),
        None => Ok(blocks),
    }
}

/// Writes one block (RFC 7468 section 2).
pub(crate) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    // Only a label that is not ASCII would be an error.
    let text = pem_rfc7468::encode_string(label, LineEnding::LF, der);
    Zeroizing::new(text.unwrap_or_default())
}

fn between<'a>(line: &'a str, begin: &str) -> Option<&'a str> {
    line.strip_prefix(begin)?.strip_suffix("-----")
}

fn decoded(label: &str, body: &str) -> Result<Block, PemError> {
    if body.contains("ENCRYPTED") || label.starts_with("ENCRYPTED") {
        return Err(PemError("a PEM block is encrypted"));
    }
    let der = STANDARD
        .decode(body)
        .map_err(|_| PemError("a PEM block is not Base64"))?;
    Ok(Block {
        label: label.to_owned(),
        der: Zeroizing::new(der),
    })
}

/// Why bytes are not the PEM that is expected.
///
/// ```
/// let error = sapi_client::Credential::from_pem(b"-----BEGIN CERTIFICATE-----\n").unwrap_err();
/// assert_eq!(error.to_string(), "a PEM block is cut short");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PemError(pub(crate) &'static str);

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for PemError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_are_found_among_text() {
        let mut text = String::from("subject=CN = a\n");
        text.push_str(&write("CERTIFICATE", &[1; 100]));
        text.push_str("issuer\r\n");
        text.push_str(&write("PRIVATE KEY", &[2]).replace('\n', "\r\n"));
        let found = blocks(text.as_bytes()).unwrap();
        let labels: Vec<_> = found.iter().map(|block| block.label.as_str()).collect();
        assert_eq!(labels, ["CERTIFICATE", "PRIVATE KEY"]);
        assert_eq!(*found[0].der, [1; 100]);
    }

    #[test]
    fn what_is_broken_is_refused() {
        for (text, says) in [
            ("-----BEGIN A-----\nAAAA\n", "cut short"),
            ("-----BEGIN A-----\nAAAA\n-----END B-----\n", "not closed"),
            ("-----BEGIN A-----\n-----BEGIN A-----\n", "not closed"),
            ("-----BEGIN A-----\nA*==\n-----END A-----\n", "Base64"),
            (
                "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END A-----\n",
                "encrypted",
            ),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "encrypted",
            ),
        ] {
            let error = blocks(text.as_bytes()).err().unwrap();
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
        assert!(blocks(&[0xff]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = blocks(&bytes);
        }

        #[test]
        fn what_is_written_is_read(der in prop::collection::vec(any::<u8>(), 1..400)) {
            let found = blocks(write("X", &der).as_bytes()).unwrap();
            prop_assert_eq!(&*found[0].der, &der);
        }
    }
}
