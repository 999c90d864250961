//! Distinguished names: the subject a request asks for, the issuer of a certificate.

use std::fmt;

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Encode, Tag};

use super::attribute::Attribute;
use super::der::{MAX_ATTRIBUTES, read_name, write_field};
use super::error::{SubjectError, SubjectFault};
use super::fields::{identifier, known};

/// A distinguished name (RFC 5280 section 4.1.2.4), kept byte for byte as it came.
///
/// ```
/// use sapi::DistinguishedName;
///
/// let name = DistinguishedName::from_fields([("C", "US"), ("O", "Example, Inc."), ("CN", "web01")])?;
/// assert_eq!(name.common_name(), Some("web01"));
/// assert_eq!(name.to_string(), r"CN=web01,O=Example\, Inc.,C=US");
/// # Ok::<(), sapi::SubjectError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DistinguishedName {
    der: Box<[u8]>,
    attributes: Vec<Attribute>,
}

impl DistinguishedName {
    /// Makes a name from fields, in their order. Each relative name has one field.
    ///
    /// Name a field by its short name (`CN`, `O`, `OU`, `C`, `ST`, `L`, `emailAddress`,
    /// `serialNumber`, `DC`, ...) or by its dotted object identifier.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] names the field that is unknown, is empty, is too long (RFC 5280 appendix A) or
    /// breaks another rule.
    ///
    /// ```
    /// use sapi::DistinguishedName;
    ///
    /// assert!(DistinguishedName::from_fields([("C", "USA")]).is_err());
    /// ```
    pub fn from_fields<'a>(
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SubjectError> {
        let mut content = Vec::new();
        for (field, value) in fields {
            write_field(field, value, &mut content)?;
        }
        let der = AnyRef::new(Tag::Sequence, &content).and_then(|any| any.to_der());
        Self::from_der(&der.map_err(|_| SubjectFault::new("is too long"))?)
    }

    /// Reads a name strictly.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] says what is not DER, or which attribute breaks a rule. A value is a
    /// PrintableString, UTF8String or IA5String without control characters. It is not empty, and not
    /// longer than RFC 5280 appendix A allows. `C` has two letters.
    ///
    /// ```
    /// use sapi::DistinguishedName;
    ///
    /// let empty = DistinguishedName::from_der(&[0x30, 0x00])?;
    /// assert!(empty.is_empty());
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    pub fn from_der(der: &[u8]) -> Result<Self, SubjectError> {
        let attributes = read_name(der)?;
        if attributes.len() > MAX_ATTRIBUTES {
            return Err(SubjectFault::new("has more than 64 attributes").into());
        }
        Ok(Self {
            der: der.into(),
            attributes,
        })
    }

    /// The DER of the name.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// let name = DistinguishedName::from_fields([])?;
    /// assert_eq!(name.as_der(), [0x30, 0x00]);
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Whether the name has no attribute at all.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// assert!(DistinguishedName::from_fields([])?.is_empty());
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The first common name.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// let name = DistinguishedName::from_fields([("CN", "web01")])?;
    /// assert_eq!(name.common_name(), Some("web01"));
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.get("CN")
    }

    /// The first value of a field. Name the field by its short name or dotted object identifier.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// let name = DistinguishedName::from_fields([("O", "Example")])?;
    /// assert_eq!(name.get("O"), Some("Example"));
    /// assert_eq!(name.get("2.5.4.10"), Some("Example"));
    /// assert_eq!(name.get("CN"), None);
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        let kind = identifier(field)?;
        let found = self.attributes.iter().find(|a| a.kind == kind);
        found.map(|attribute| attribute.value.as_str())
    }

    /// All fields in the order of the name, each as its short name (or dotted identifier) and value.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// let name = DistinguishedName::from_fields([("C", "SE"), ("CN", "a")])?;
    /// let fields: Vec<_> = name.fields().collect();
    /// assert_eq!(fields, [("C".to_string(), "SE"), ("CN".to_string(), "a")]);
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = (String, &str)> {
        let short = |kind: &ObjectIdentifier| match known(kind) {
            Some(field) => field.short_name().to_owned(),
            None => kind.to_string(),
        };
        let all = self.attributes.iter();
        all.map(move |attribute| (short(&attribute.kind), attribute.value.as_str()))
    }
}

impl DistinguishedName {
    /// Whether two names are the same by RFC 5280 section 7.1. Case, runs of blanks and the string
    /// type do not count.
    pub(crate) fn means_same_as(&self, other: &Self) -> bool {
        self.attributes.len() == other.attributes.len() && self.begins_with(other)
    }

    /// Whether this name is below another in the directory: it begins with the same attributes.
    pub(crate) fn begins_with(&self, base: &Self) -> bool {
        let same = |(own, its): (&Attribute, &Attribute)| {
            let words = |text: &str| {
                let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
                words.join(" ")
            };
            own.kind == its.kind && words(&own.value) == words(&its.value)
        };
        self.attributes.len() >= base.attributes.len()
            && self.attributes.iter().zip(&base.attributes).all(same)
    }
}

/// Writes the name as RFC 4514 does: the last attribute first, separated by commas.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields().collect();
        for (place, (field, value)) in fields.iter().rev().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{field}=")?;
            for (at, c) in value.chars().enumerate() {
                let edge = (at == 0 && (c == ' ' || c == '#'))
                    || (at + 1 == value.chars().count() && c == ' ');
                if edge || "\"+,;<>\\=".contains(c) {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_make_no_other_name() {
        let name = |fields: &[(&str, &str)]| {
            DistinguishedName::from_fields(fields.iter().copied()).unwrap()
        };
        let own = name(&[("O", "Random Authority"), ("CN", "ca.net")]);
        assert!(own.means_same_as(&name(&[("O", "random  AUTHORITY "), ("CN", "CA.net")])));
        for other in [
            &[("O", "Random Authority")][..],
            &[("CN", "ca.net"), ("O", "Random Authority")],
            &[("O", "RandomAuthority"), ("CN", "ca.net")],
            &[],
        ] {
            assert!(!own.means_same_as(&name(other)), "{other:?}");
        }
    }

    #[test]
    fn sixty_four_attributes_and_no_more() {
        let name = |count| DistinguishedName::from_fields(vec![("OU", "a"); count]);
        assert_eq!(name(64).unwrap().fields().count(), 64);
        assert!(name(65).unwrap_err().to_string().contains("more than 64"));
    }

    #[test]
    fn below_is_what_begins_alike() {
        let name = |fields: &[(&str, &str)]| {
            DistinguishedName::from_fields(fields.iter().copied()).unwrap()
        };
        let base = name(&[("C", "SE"), ("O", "Example")]);
        let below = name(&[("C", "SE"), ("O", "example"), ("CN", "a")]);
        assert!(below.begins_with(&base) && base.begins_with(&base));
        assert!(!base.begins_with(&below));
        assert!(!name(&[("C", "SE"), ("O", "Other"), ("CN", "a")]).begins_with(&base));
        assert!(!name(&[("C", "SE"), ("OU", "Example")]).begins_with(&base));
        assert!(!base.means_same_as(&below) && !below.means_same_as(&base));
    }

    #[test]
    fn what_would_end_a_value_early_is_escaped() {
        let shown = |value: &str| {
            let name = DistinguishedName::from_fields([("O", value), ("CN", "a")]).unwrap();
            name.to_string()
        };
        assert_eq!(shown("a b#c"), "CN=a,O=a b#c");
        assert_eq!(shown("#a"), r"CN=a,O=\#a");
        assert_eq!(shown(" a "), r"CN=a,O=\ a\ ");
        assert_eq!(
            shown("a+b,c;d<e>f=g\\h\"i"),
            r#"CN=a,O=a\+b\,c\;d\<e\>f\=g\\h\"i"#
        );
    }
}
