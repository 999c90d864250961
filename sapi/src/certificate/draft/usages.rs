//! Key usages: what a certified key may be used for.

use std::fmt;

use der::asn1::ObjectIdentifier;

/// One bit of the key usage extension (RFC 5280 section 4.2.1.3).
///
/// keyCertSign and cRLSign, which only a CA may have, are left out: no hook can set them.
///
/// ```
/// assert_eq!(sapi::KeyUsage::DigitalSignature.to_string(), "digitalSignature");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUsage {
    /// Signatures other than on certificates and CRLs.
    DigitalSignature,
    /// Signatures that bind their maker, also called contentCommitment.
    NonRepudiation,
    /// Enciphering other keys, as RSA key transport does.
    KeyEncipherment,
    /// Enciphering data directly.
    DataEncipherment,
    /// Agreeing on keys, as Diffie-Hellman does.
    KeyAgreement,
    /// With key agreement: only for enciphering.
    EncipherOnly,
    /// With key agreement: only for deciphering.
    DecipherOnly,
}

impl KeyUsage {
    const ALL: [Self; 7] = [
        Self::DigitalSignature,
        Self::NonRepudiation,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];

    fn bit(self) -> u16 {
        match self {
            Self::DigitalSignature => 0,
            Self::NonRepudiation => 1,
            Self::KeyEncipherment => 2,
            Self::DataEncipherment => 3,
            Self::KeyAgreement => 4,
            Self::EncipherOnly => 7,
            Self::DecipherOnly => 8,
        }
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DigitalSignature => "digitalSignature",
            Self::NonRepudiation => "nonRepudiation",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::EncipherOnly => "encipherOnly",
            Self::DecipherOnly => "decipherOnly",
        })
    }
}

/// A set of key usages. If it is empty, the extension is left out.
///
/// ```
/// use sapi::{KeyUsage, KeyUsages};
///
/// let mut usages = KeyUsages::from([KeyUsage::DigitalSignature]);
/// usages.insert(KeyUsage::KeyAgreement);
/// usages.remove(KeyUsage::DigitalSignature);
/// assert_eq!(usages.iter().collect::<Vec<_>>(), [KeyUsage::KeyAgreement]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsages(u16);

impl KeyUsages {
    /// Adds a usage.
    ///
    /// ```
    /// # use sapi::{KeyUsage, KeyUsages};
    /// let mut usages = KeyUsages::default();
    /// usages.insert(KeyUsage::NonRepudiation);
    /// assert!(usages.contains(KeyUsage::NonRepudiation));
    /// ```
    pub fn insert(&mut self, usage: KeyUsage) {
        self.0 |= 1 << usage.bit();
    }

    /// Removes a usage.
    ///
    /// ```
    /// # use sapi::{KeyUsage, KeyUsages};
    /// let mut usages = KeyUsages::from([KeyUsage::KeyEncipherment]);
    /// usages.remove(KeyUsage::KeyEncipherment);
    /// assert_eq!(usages, KeyUsages::default());
    /// ```
    pub fn remove(&mut self, usage: KeyUsage) {
        self.0 &= !(1 << usage.bit());
    }

    /// Whether a usage is in the set.
    ///
    /// ```
    /// # use sapi::{KeyUsage, KeyUsages};
    /// assert!(!KeyUsages::default().contains(KeyUsage::KeyAgreement));
    /// ```
    #[must_use]
    pub fn contains(&self, usage: KeyUsage) -> bool {
        self.0 & (1 << usage.bit()) != 0
    }

    /// The usages in the set, in the order of their bits.
    ///
    /// ```
    /// # use sapi::KeyUsages;
    /// assert_eq!(KeyUsages::default().iter().count(), 0);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = KeyUsage> + '_ {
        KeyUsage::ALL
            .into_iter()
            .filter(|usage| self.contains(*usage))
    }

    /// The content of the BIT STRING: count of unused bits and octets, without trailing zero bits
    /// (X.690 section 11.2.2). `None` for the empty set.
    pub(crate) fn bit_string(self) -> Option<Vec<u8>> {
        let highest = (0..9u16).rev().find(|bit| self.0 & (1 << bit) != 0)?;
        let mut octets = vec![u8::try_from(7 - highest % 8).unwrap_or(0), 0];
        if highest > 7 {
            octets.push(0);
        }
        for bit in (0..=highest).filter(|bit| self.0 & (1 << bit) != 0) {
            if let Some(octet) = octets.get_mut(usize::from(1 + bit / 8)) {
                *octet |= 0x80 >> (bit % 8);
            }
        }
        Some(octets)
    }
}

impl<const N: usize> From<[KeyUsage; N]> for KeyUsages {
    fn from(usages: [KeyUsage; N]) -> Self {
        let mut set = Self::default();
        for usage in usages {
            set.insert(usage);
        }
        set
    }
}

/// The purposes of the extended key usage extension (RFC 5280 section 4.2.1.12), each once. If empty,
/// the extension is left out, which allows any purpose.
///
/// ```
/// use sapi::ExtendedKeyUsages;
///
/// let mut usages = ExtendedKeyUsages::default();
/// usages.insert(ExtendedKeyUsages::CODE_SIGNING);
/// assert_eq!(usages.iter().count(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtendedKeyUsages(Vec<ObjectIdentifier>);

impl ExtendedKeyUsages {
    /// TLS server authentication.
    pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
    /// TLS client authentication.
    pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
    /// Signing of programs.
    pub const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
    /// Protection of email.
    pub const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
    /// Time stamping.
    pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

    /// Adds a purpose by its dotted object identifier; `false` if that is not valid.
    ///
    /// ```
    /// # use sapi::ExtendedKeyUsages;
    /// let mut usages = ExtendedKeyUsages::default();
    /// assert!(usages.insert("1.3.6.1.5.5.7.3.1"));
    /// assert!(!usages.insert("serverAuth"));
    /// ```
    pub fn insert(&mut self, purpose: &str) -> bool {
        let Ok(purpose) = ObjectIdentifier::new(purpose) else {
            return false;
        };
        if !self.0.contains(&purpose) {
            self.0.push(purpose);
        }
        true
    }

    /// Removes a purpose.
    ///
    /// ```
    /// # use sapi::ExtendedKeyUsages;
    /// let mut usages = ExtendedKeyUsages::default();
    /// usages.insert(ExtendedKeyUsages::CLIENT_AUTH);
    /// usages.remove(ExtendedKeyUsages::CLIENT_AUTH);
    /// assert_eq!(usages.iter().count(), 0);
    /// ```
    pub fn remove(&mut self, purpose: &str) {
        self.0.retain(|kept| kept.to_string() != purpose);
    }

    /// The purposes, as dotted object identifiers, in the order they were added.
    ///
    /// ```
    /// # use sapi::ExtendedKeyUsages;
    /// assert_eq!(ExtendedKeyUsages::default().iter().count(), 0);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(ToString::to_string)
    }

    /// The purposes by their names in RFC 5280 section 4.2.1.12, or dotted without such a name.
    ///
    /// ```
    /// # use sapi::ExtendedKeyUsages;
    /// let mut usages = ExtendedKeyUsages::default();
    /// usages.insert(ExtendedKeyUsages::CODE_SIGNING);
    /// usages.insert("1.3.6.1.5.5.7.3.17");
    /// assert!(usages.names().eq(["codeSigning", "1.3.6.1.5.5.7.3.17"]));
    /// ```
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.iter().map(|purpose| match purpose.as_str() {
            Self::SERVER_AUTH => "serverAuth".into(),
            Self::CLIENT_AUTH => "clientAuth".into(),
            Self::CODE_SIGNING => "codeSigning".into(),
            Self::EMAIL_PROTECTION => "emailProtection".into(),
            Self::TIME_STAMPING => "timeStamping".into(),
            _ => purpose,
        })
    }

    pub(crate) fn identifiers(&self) -> &[ObjectIdentifier] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_usage_is_put_in_and_taken_out_alone() {
        for usage in KeyUsage::ALL {
            let mut set = KeyUsages::from(KeyUsage::ALL);
            set.remove(usage);
            assert!(
                KeyUsage::ALL
                    .iter()
                    .all(|other| set.contains(*other) == (*other != usage))
            );
            set.insert(usage);
            assert_eq!(set, KeyUsages::from(KeyUsage::ALL));
        }
    }

    #[test]
    fn purposes_go_by_the_names_of_the_standard() {
        let mut usages = ExtendedKeyUsages::default();
        for (purpose, name) in [
            (ExtendedKeyUsages::SERVER_AUTH, "serverAuth"),
            (ExtendedKeyUsages::CLIENT_AUTH, "clientAuth"),
            (ExtendedKeyUsages::CODE_SIGNING, "codeSigning"),
            (ExtendedKeyUsages::EMAIL_PROTECTION, "emailProtection"),
            (ExtendedKeyUsages::TIME_STAMPING, "timeStamping"),
            ("1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.9"),
        ] {
            assert!(usages.insert(purpose));
            assert_eq!(usages.names().last().as_deref(), Some(name));
        }
    }

    #[test]
    fn bits_are_written_as_der_wants_them() {
        let bits = |usages: &[KeyUsage]| {
            let mut set = KeyUsages::default();
            usages.iter().for_each(|usage| set.insert(*usage));
            set.bit_string()
        };
        assert_eq!(bits(&[]), None);
        assert_eq!(bits(&[KeyUsage::DigitalSignature]), Some(vec![7, 0x80]));
        let both = [KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment];
        assert_eq!(bits(&both), Some(vec![5, 0xa0]));
        assert_eq!(bits(&[KeyUsage::EncipherOnly]), Some(vec![0, 0x01]));
        assert_eq!(
            bits(&[KeyUsage::KeyAgreement, KeyUsage::DecipherOnly]),
            Some(vec![7, 0x08, 0x80])
        );
    }
}
