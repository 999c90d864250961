//! The names of a certificate that this CA signed.

use openssl::x509::{GeneralNameRef, X509Ref};

use sapi::AltName;

/// All alternative names; `None` if there is one that could not be granted again.
pub(super) fn read(certificate: &X509Ref) -> Option<Vec<AltName>> {
    let Some(names) = certificate.subject_alt_names() else {
        return none_at_all(certificate).then(Vec::new);
    };
    names.iter().map(name).collect()
}

/// OpenSSL shows no names either where there are two such extensions.
fn none_at_all(certificate: &X509Ref) -> bool {
    let text = certificate.to_text().unwrap_or_default();
    let mark = b"X509v3 Subject Alternative Name";
    !text.is_empty() && !text.windows(mark.len()).any(|window| window == mark)
}

fn name(name: &GeneralNameRef) -> Option<AltName> {
    let text = name
        .dnsname()
        .map(|host| AltName::Dns(host.to_owned()))
        .or_else(|| {
            name.email()
                .map(|mailbox| AltName::Email(mailbox.to_owned()))
        })
        .or_else(|| name.uri().map(|uri| AltName::Uri(uri.to_owned())));
    let name = match (text, name.ipaddress()) {
        (Some(text), _) => text,
        (None, Some(octets)) => AltName::Ip(match octets.len() {
            4 => <[u8; 4]>::try_from(octets).ok()?.into(),
            16 => <[u8; 16]>::try_from(octets).ok()?.into(),
            _ => return None,
        }),
        (None, None) => return None,
    };
    name.check().is_ok().then_some(name)
}
