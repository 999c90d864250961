//! A certificate request (PKCS #10, RFC 2986), made and signed.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::stack::Stack;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509Name, X509Req, X509ReqBuilder};
use sapi::AltName;

use crate::wish::Wish;

/// Makes a request for a wish and signs it with the key.
pub(crate) fn signed(key: &PKey<Private>, wish: &Wish) -> Result<X509Req, ErrorStack> {
    let mut builder = X509Req::builder()?;
    builder.set_version(0)?;
    builder.set_subject_name(X509Name::from_der(wish.subject.as_der())?.as_ref())?;
    builder.set_pubkey(key)?;
    if !wish.names.is_empty() {
        add_names(&mut builder, &wish.names)?;
    }
    builder.sign(key, digest(key))?;
    Ok(builder.build())
}

fn add_names(builder: &mut X509ReqBuilder, wanted: &[AltName]) -> Result<(), ErrorStack> {
    let mut names = SubjectAlternativeName::new();
    for name in wanted {
        let value = name.value();
        match name {
            AltName::Ip(_) => names.ip(&value),
            AltName::Email(_) => names.email(&value),
            AltName::Uri(_) => names.uri(&value),
            _ => names.dns(&value),
        };
    }
    let mut extensions = Stack::new()?;
    extensions.push(names.build(&builder.x509v3_context(None))?)?;
    builder.add_extensions(&extensions)
}

/// The digest that matches the key's strength. Ed25519 has its own.
fn digest(key: &PKey<Private>) -> MessageDigest {
    let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
    match (key.id(), curve) {
        (Id::ED25519, _) => MessageDigest::null(),
        (_, Some(Nid::SECP384R1)) => MessageDigest::sha384(),
        (_, Some(Nid::SECP521R1)) => MessageDigest::sha512(),
        _ => MessageDigest::sha256(),
    }
}
