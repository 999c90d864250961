//! A case of the suite: one request, and the client that sends it.

use std::fmt;

use super::chance::Chance;
use crate::certificate::IssuedCertificate;
use crate::request::{AltName, CertRequest, ClientId, DistinguishedName};
use crate::testing::{RequestBuilder, TestKey};

/// A client and its request.
pub(super) struct Case {
    client: String,
    request: CertRequest,
    known: bool,
    /// The names in the certificate that it got when it ran alone.
    alone: Option<Vec<AltName>>,
}

impl Case {
    /// Draws a case; `None` if the strict reader refuses it, for example because it asks to be a CA.
    pub(super) fn draw(
        chance: &mut Chance,
        clients: &[ClientId],
        names: &[AltName],
    ) -> Option<Self> {
        let known = !clients.is_empty() && chance.one_in(2);
        let client = match chance.pick(clients) {
            Some(client) if known => client.to_string(),
            _ => stranger(chance),
        };
        let builder = RequestBuilder::new().key(key(chance));
        let builder = match known {
            true => ordinary(chance, builder, &client, names),
            false => garbage(chance, builder),
        };
        let request = builder.try_build().ok()?;
        Some(Self {
            client,
            request,
            known,
            alone: None,
        })
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }

    pub(super) fn request(&self) -> &CertRequest {
        &self.request
    }

    pub(super) fn issued_alone(&mut self, certificate: Option<&IssuedCertificate>) {
        self.alone = certificate.map(|certificate| certificate.names().to_vec());
    }

    pub(super) fn alone(&self) -> Option<&[AltName]> {
        self.alone.as_deref()
    }

    /// Whether it comes from a stranger, with made-up names. No hook should grant it.
    pub(super) fn is_garbage(&self) -> bool {
        !self.known
    }
}

/// The client, what it asks for, and the request itself, so that it can be tried again.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .request
            .names()
            .iter()
            .map(ToString::to_string)
            .collect();
        writeln!(
            f,
            "client {}, subject {:?}, names [{}], {}",
            self.client,
            self.request.subject().to_string(),
            names.join(" "),
            self.request.key_kind()
        )?;
        f.write_str(self.request.pem())
    }
}

/// The request of a known client: it mostly asks for its own names, sometimes for more.
fn ordinary(
    chance: &mut Chance,
    mut builder: RequestBuilder,
    client: &str,
    names: &[AltName],
) -> RequestBuilder {
    if chance.one_in(2) {
        builder = builder.common_name(client);
    }
    for name in names {
        if !chance.one_in(3) {
            builder = builder.name(name.clone());
        }
    }
    match chance.below(6) {
        0 => builder.name(made_up(chance)),
        1 => odd(chance, builder),
        2 => builder.challenge_password(&chance.word(LETTERS, 12)),
        _ => builder,
    }
}

fn garbage(chance: &mut Chance, mut builder: RequestBuilder) -> RequestBuilder {
    for _ in 0..chance.below(4) {
        let field = chance.pick(&["CN", "O", "OU", "L", "UID", "serialNumber"]);
        let (field, value) = (field.unwrap_or(&"CN"), value(chance));
        // The builder would refuse a value that cannot be encoded, so hooks would not see it.
        if DistinguishedName::from_fields([(*field, value.as_str())]).is_ok() {
            builder = builder.field(field, &value);
        }
    }
    for _ in 0..=chance.below(4) {
        builder = builder.name(made_up(chance));
    }
    match chance.below(8) {
        0 => builder.ca(),
        1 | 2 => odd(chance, builder),
        3 => {
            let length = chance.below(200);
            let password = chance.word(LETTERS, length);
            builder.challenge_password(&password)
        }
        _ => builder,
    }
}

/// Adds an attribute or an extension that nobody expects.
fn odd(chance: &mut Chance, builder: RequestBuilder) -> RequestBuilder {
    let length = chance.below(40);
    let octets = chance.octets(length);
    // A random OCTET STRING, where a text is expected.
    let mut value = vec![4, u8::try_from(length).unwrap_or_default()];
    value.extend(octets);
    match chance.below(4) {
        0 => builder.attribute("1.2.840.113549.1.9.7", &value),
        1 => builder.attribute("1.3.6.1.4.1.32473.1", &value),
        2 => builder.extension("2.5.29.37", false, &[0x30, 0]),
        _ => builder.extension("1.3.6.1.4.1.32473.2", true, &value),
    }
}

fn stranger(chance: &mut Chance) -> String {
    let length = match chance.below(3) {
        0 => 1 + chance.below(3),
        1 => ClientId::MAX_LEN,
        _ => 8 + chance.below(24),
    };
    chance.word(IDENTIFIER, length)
}

/// A name in a range that nobody owns (RFC 2606 section 2, RFC 5737 section 3, RFC 3849).
fn made_up(chance: &mut Chance) -> AltName {
    let length = 1 + chance.below(20);
    let label = chance.word(LETTERS, length);
    match chance.below(8) {
        0 => AltName::Dns(format!("*.{label}.invalid")),
        1 => AltName::Dns(format!("xn--{label}.INVALID")),
        2 => AltName::Ip([203, 0, 113, chance.octets(1).first().copied().unwrap_or(1)].into()),
        3 => AltName::Ip(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7).into()),
        4 => AltName::Email(format!("{label}@{label}.invalid")),
        5 => AltName::Uri(format!("spiffe://{label}.invalid/{label}/../%2e%2e")),
        _ => AltName::Dns(format!("{label}.invalid")),
    }
}

/// A value that a subject may contain, but few expect.
fn value(chance: &mut Chance) -> String {
    let odd = [
        "",
        " ",
        "/",
        "../../etc/passwd",
        "CN=admin,O=Other",
        "a\"b\\c",
        "${jndi:x}",
        "'; DROP TABLE members; --",
        "%s%n",
        "\u{202e}nimda",
        "ü\u{301}é",
        "www.example.invalid",
        "root",
    ];
    let length = 1 + chance.below(60);
    let word = chance.word(LETTERS, length);
    match chance.one_in(2) {
        true => chance.pick(&odd).map_or(word, |text| (*text).to_owned()),
        false => word,
    }
}

fn key(chance: &mut Chance) -> TestKey {
    match chance.below(8) {
        0 => TestKey::ed25519(),
        1 => TestKey::p384(),
        _ => TestKey::p256(),
    }
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const IDENTIFIER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
