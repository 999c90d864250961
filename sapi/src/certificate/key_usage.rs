//! Key usages: the operations that a certified key may be used for.

use std::fmt;

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
