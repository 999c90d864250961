//! Extended key usages: the purposes that a certified key may be used for.

use der::asn1::ObjectIdentifier;

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
}
