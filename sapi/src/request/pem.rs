//! Finding the one request in a body: PEM with text around it, or plain DER.

use std::borrow::Cow;

use base64ct::{Base64, Encoding};

use super::csr_error::CsrError;

/// The DER inside a body.
///
/// PEM is found by its label (RFC 7468 section 7, and the older label `NEW CERTIFICATE REQUEST`);
/// text before and after it does not count, a second block of any kind does. OpenSSL is not
/// asked: it would take an encrypted block for a reason to ask the terminal for a passphrase.
pub(crate) fn find_request(body: &[u8]) -> Result<Cow<'_, [u8]>, CsrError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(CsrError::Empty);
    }
    match find(body, BEGIN) {
        Some(at) => decode_block(body.get(at..).unwrap_or_default()).map(Cow::Owned),
        None if body.first() == Some(&SEQUENCE) => Ok(Cow::Borrowed(body)),
        None => Err(CsrError::NotARequest {
            found: "neither a PEM block nor DER".into(),
        }),
    }
}

/// Writes a request as PEM.
pub(crate) fn write_request(der: &[u8]) -> String {
    write_block("CERTIFICATE REQUEST", der)
}

/// Writes a PEM block with lines of 64 characters (RFC 7468 section 2).
pub(crate) fn write_block(label: &str, der: &[u8]) -> String {
    let body = Base64::encode_string(der);
    let mut pem = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    pem.push_str("-----BEGIN ");
    pem.push_str(label);
    pem.push_str("-----\n");
    let mut rest = body.as_str();
    while let Some((line, tail)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem.push_str("-----END ");
    pem.push_str(label);
    pem.push_str("-----\n");
    pem
}

/// Decodes the block whose `-----BEGIN ` the input starts with.
fn decode_block(block: &[u8]) -> Result<Vec<u8>, CsrError> {
    let malformed = |reason: &str| CsrError::malformed("PEM", reason);
    let after_begin = block.get(BEGIN.len()..).unwrap_or_default();
    let label_end =
        find(after_begin, DASHES).ok_or_else(|| malformed("the BEGIN line has no end"))?;
    let (label, rest) = after_begin.split_at(label_end);
    let content = rest.get(DASHES.len()..).unwrap_or_default();
    check_label(label, content)?;
    if find(content, b"PRIVATE KEY-----").is_some() {
        return check_label(b"PRIVATE KEY", &[]).map(|()| Vec::new());
    }
    if find(content, BEGIN).is_some() {
        return Err(CsrError::SeveralRequests);
    }
    let end = [b"-----END ", label, DASHES].concat();
    let content_end =
        find(content, &end).ok_or_else(|| malformed("there is no END line for the BEGIN line"))?;
    let (base64, _) = content.split_at(content_end);
    let base64: Vec<u8> = base64
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let base64 = std::str::from_utf8(&base64).unwrap_or("?");
    Base64::decode_vec(base64)
        .map_err(|_| malformed("the text between BEGIN and END is not Base64"))
}

fn check_label(label: &[u8], content: &[u8]) -> Result<(), CsrError> {
    let head = content.get(..content.len().min(200)).unwrap_or_default();
    if find(head, b"Proc-Type:").is_some() || find(label, b"ENCRYPTED").is_some() {
        return Err(CsrError::EncryptedPem);
    }
    match label {
        b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => Ok(()),
        _ => Err(CsrError::NotARequest {
            found: describe(label),
        }),
    }
}

fn describe(label: &[u8]) -> String {
    if find(label, b"PRIVATE KEY").is_some() {
        // The sender should know that the key has been shown to another machine.
        return "a private key; never send it: make a request from it, and a new key".into();
    }
    match label {
        b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" => "a certificate".into(),
        b"PUBLIC KEY" | b"RSA PUBLIC KEY" => "a public key".into(),
        _ => "a PEM block of another kind".into(),
    }
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len())
        .position(|window| window == pattern)
}

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";
const SEQUENCE: u8 = 0x30;

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
            "encrypted-pem"
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
