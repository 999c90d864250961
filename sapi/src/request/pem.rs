//! PEM: a finder of the one request in a body, which may also be DER, and a writer of PEM blocks.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pem_rfc7468::LineEnding;

use super::csr_error::CsrFault;

/// The DER inside a body.
///
/// Finds PEM by its label (RFC 7468 section 7, and the older label `NEW CERTIFICATE REQUEST`). Text
/// before and after it is ignored; a second block of any kind is refused. OpenSSL's reader is not
/// used, because it would ask the terminal for the passphrase of an encrypted block.
pub(crate) fn find_request(body: &[u8]) -> Result<Cow<'_, [u8]>, CsrFault> {
    // A request is longer than 127 octets, so its DER begins with two octets that no text begins with.
    if let [SEQUENCE, 0x80..=0xff, ..] = body {
        return Ok(Cow::Borrowed(body));
    }
    let lines = lines(body);
    let mut blocks = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, label(line, BEGIN)?)));
    let Some((at, first)) = blocks.next() else {
        return Err(no_block(body));
    };
    let block = lines.get(at..).unwrap_or_default();
    if block.iter().any(|line| is_encrypted(line)) {
        return Err(CsrFault::EncryptedPem);
    }
    check_label(first)?;
    let mut several = false;
    for (_, further) in blocks {
        check_label(further)?;
        several = true;
    }
    if several {
        return Err(CsrFault::SeveralRequests);
    }
    decode(block, first).map(Cow::Owned)
}

/// Writes a request as PEM.
pub(crate) fn write_request(der: &[u8]) -> String {
    write_block("CERTIFICATE REQUEST", der)
}

/// Writes a PEM block (RFC 7468 section 2).
pub(crate) fn write_block(label: &str, der: &[u8]) -> String {
    // Only a label that is not ASCII would be an error.
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

/// Decodes a block that begins with its BEGIN line.
fn decode(block: &[&[u8]], begun: &[u8]) -> Result<Vec<u8>, CsrFault> {
    let malformed = |reason: &str| CsrFault::malformed("PEM", reason);
    let mut base64 = Vec::with_capacity(64 * block.len());
    for line in block.iter().skip(1) {
        if line.starts_with(DASHES) {
            if label(line, END) != Some(begun) {
                return Err(malformed("the END line does not match the BEGIN line"));
            }
            let der = BASE64_STANDARD.decode(&base64);
            return der.map_err(|_| malformed("the text between BEGIN and END is not Base64"));
        }
        for word in line.split(|octet| matches!(octet, b' ' | b'\t')) {
            base64.extend_from_slice(word);
        }
    }
    Err(malformed("there is no END line for the BEGIN line"))
}

/// The lines of a text, which end in LF, CR or both. A byte order mark is not part of the first line.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    text.split(|octet| matches!(octet, b'\n' | b'\r')).collect()
}

/// The label of a BEGIN or END line.
fn label<'a>(line: &'a [u8], kind: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii_end()
        .strip_prefix(kind)?
        .strip_suffix(DASHES)
}

/// Whether a line is the header of an encrypted block (RFC 1421 section 4.6.1.1).
fn is_encrypted(line: &[u8]) -> bool {
    line.starts_with(b"Proc-Type:") && line.windows(9).any(|word| word == b"ENCRYPTED")
}

fn check_label(label: &[u8]) -> Result<(), CsrFault> {
    let found = match label {
        b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => return Ok(()),
        // The sender should know that the key has been shown to another machine.
        _ if label.ends_with(b"PRIVATE KEY") => {
            "a private key; never send one: make a new key, and a request from it"
        }
        b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" => "a certificate",
        _ if label.ends_with(b"PUBLIC KEY") => "a public key",
        _ if label.windows(DASHES.len()).any(|window| window == DASHES) => {
            "a PEM block on one line; with curl, send the file with --upload-file or --data-binary, \
             because --data drops the ends of lines"
        }
        _ => "a PEM block of another kind",
    };
    Err(CsrFault::NotARequest {
        found: found.into(),
    })
}

fn no_block(body: &[u8]) -> CsrFault {
    match body {
        _ if body.iter().all(u8::is_ascii_whitespace) => CsrFault::Empty,
        [SEQUENCE, length, content @ ..] if usize::from(*length) == content.len() => {
            CsrFault::malformed(
                "request",
                "is DER, but too short to be a certificate request",
            )
        }
        _ => CsrFault::NotARequest {
            found: "something that is neither PEM nor DER".into(),
        },
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const SEQUENCE: u8 = 0x30;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(body: &[u8]) -> &'static str {
        find_request(body).map_or_else(|error| error.slug(), |_| "fine")
    }

    #[test]
    fn one_block_with_any_text_around_it() {
        let block = "-----BEGIN NEW CERTIFICATE REQUEST-----\r\nMAMC\r\nAQE=\r\n-----END NEW CERTIFICATE REQUEST-----\r\n";
        let body = format!("Subject: CN=a\n{block}\n\nbye\n");
        assert_eq!(*find_request(body.as_bytes()).unwrap(), [0x30, 3, 2, 1, 1]);
        assert_eq!(
            write_request(&[0x30, 3, 2, 1, 1]).lines().nth(1),
            Some("MAMCAQE=")
        );
    }

    #[test]
    fn what_else_is_sent_is_called_by_its_name() {
        for (label, found) in [
            ("CERTIFICATE", "but a certificate"),
            ("X509 CERTIFICATE", "but a certificate"),
            ("TRUSTED CERTIFICATE", "but a certificate"),
            ("PUBLIC KEY", "but a public key"),
            ("EC PRIVATE KEY", "but a private key; never send one"),
            ("X509 CRL", "but a PEM block of another kind"),
        ] {
            let body = format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
            let error = find_request(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(found), "{label}: {error}");
        }
    }

    #[test]
    fn a_header_that_does_not_encrypt_is_only_malformed() {
        let block = |header: &str| {
            let label = "CERTIFICATE REQUEST";
            format!("-----BEGIN {label}-----\n{header}\n\nMAMC\nAQE=\n-----END {label}-----\n")
        };
        assert_eq!(
            slug(block("Proc-Type: 4,ENCRYPTED").as_bytes()),
            "encrypted-pem"
        );
        assert_eq!(
            slug(block("Proc-Type: 4,MIC-CLEAR").as_bytes()),
            "malformed-request"
        );
        assert_eq!(
            slug(block("X-Note: ENCRYPTED").as_bytes()),
            "malformed-request"
        );
    }

    #[test]
    fn short_der_is_told_from_what_is_none() {
        assert_eq!(slug(&[0x30, 1, 0]), "malformed-request");
        assert_eq!(slug(&[0x30, 2, 0]), "not-a-request");
        assert_eq!(slug(&[0x30, 0, 0]), "not-a-request");
    }

    #[test]
    fn lost_ends_of_lines_are_named() {
        let body = b"-----BEGIN CERTIFICATE REQUEST-----MAMCAQE=-----END CERTIFICATE REQUEST-----";
        let error = find_request(body).unwrap_err();
        assert_eq!(error.slug(), "not-a-request");
        assert!(error.to_string().contains("--data-binary"), "{error}");
    }

    #[test]
    fn what_is_no_single_request_is_refused_by_what_it_is() {
        let block = |label: &str, body: &str| {
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let request = block("CERTIFICATE REQUEST", "MAMCAQE=");
        assert_eq!(slug(b" \r\n"), "empty-body");
        assert_eq!(slug(b"hello"), "not-a-request");
        assert_eq!(
            slug(block("CERTIFICATE", "AAAA").as_bytes()),
            "not-a-request"
        );
        assert_eq!(
            slug(block("RSA PRIVATE KEY", "AAAA").as_bytes()),
            "not-a-request"
        );
        assert_eq!(
            slug(block("ENCRYPTED PRIVATE KEY", "AAAA").as_bytes()),
            "not-a-request"
        );
        let proc_type = block(
            "CERTIFICATE REQUEST",
            "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n\nAAAA",
        );
        assert_eq!(slug(proc_type.as_bytes()), "encrypted-pem");
        assert_eq!(slug(request.repeat(2).as_bytes()), "several-requests");
        assert_eq!(
            slug(block("CERTIFICATE REQUEST", "MAMCAQE").as_bytes()),
            "malformed-request"
        );
        assert_eq!(
            slug(block("CERTIFICATE REQUEST", "MA!CAQE=").as_bytes()),
            "malformed-request"
        );
        assert_eq!(
            slug(b"-----BEGIN CERTIFICATE REQUEST-----\nMAMC\n"),
            "malformed-request"
        );
        assert_eq!(
            slug(block("CERTIFICATE REQUEST", &request).as_bytes()),
            "several-requests"
        );
    }
}
