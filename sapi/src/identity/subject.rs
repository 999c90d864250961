//! The distinguished name of a new CA.

use std::fmt;

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::X509Name;

/// The fields of a CA's subject, in the order in which they are written.
///
/// ```
/// use sapi::identity::Subject;
///
/// let mut subject = Subject::new();
/// subject.push("C", "US")?;
/// subject.push("CN", "ca.net")?;
/// assert!(subject.push("colour", "red").is_err());
/// # Ok::<(), sapi::identity::SubjectError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Subject {
    fields: Vec<(Nid, String)>,
}

impl Subject {
    /// A subject without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field by its short or long name, such as `CN` or `commonName`.
    ///
    /// # Errors
    /// When the field is unknown, or the value is not allowed in it.
    pub fn push(&mut self, field: &str, value: &str) -> Result<(), SubjectError> {
        let error = |fault| SubjectError {
            field: field.to_owned(),
            fault,
        };
        let known = FIELDS
            .iter()
            .find(|known| known.names.contains(&field))
            .ok_or_else(|| error(Fault::Unknown))?;
        known.check(value).map_err(error)?;
        self.fields.push((known.nid, value.to_owned()));
        Ok(())
    }

    /// Whether no field was added. A CA's subject must not be empty (RFC 5280 section 4.1.2.6).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn to_name(&self) -> Result<X509Name, ErrorStack> {
        let mut name = X509Name::builder()?;
        for (nid, value) in &self.fields {
            name.append_entry_by_nid(*nid, value)?;
        }
        Ok(name.build())
    }
}

struct Field {
    names: &'static [&'static str],
    nid: Nid,
    alphabet: Alphabet,
    max: usize,
}

/// The ASN.1 string type behind a field.
#[derive(Clone, Copy)]
enum Alphabet {
    Utf8,
    Ia5,
    Printable,
    Country,
}

impl Field {
    const fn new(names: &'static [&'static str], nid: Nid, alphabet: Alphabet, max: usize) -> Self {
        Self {
            names,
            nid,
            alphabet,
            max,
        }
    }

    fn check(&self, value: &str) -> Result<(), Fault> {
        if value.trim().is_empty() {
            return Err(Fault::Empty);
        }
        if value.chars().any(char::is_control) {
            return Err(Fault::Control);
        }
        let fits = match self.alphabet {
            Alphabet::Utf8 => true,
            Alphabet::Ia5 => value.is_ascii(),
            Alphabet::Printable => value.bytes().all(printable),
            Alphabet::Country => {
                if value.len() != 2 || !value.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                    return Err(Fault::NoCountry);
                }
                true
            }
        };
        if !fits {
            return Err(Fault::Alphabet);
        }
        if value.chars().count() > self.max {
            return Err(Fault::TooLong { max: self.max });
        }
        Ok(())
    }
}

/// PrintableString's alphabet (X.680).
fn printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// Names as OpenSSL and ssl_api (M2Crypto) know them; upper bounds of RFC 5280 appendix A.1.
const FIELDS: &[Field] = &[
    Field::new(
        &["C", "countryName"],
        Nid::COUNTRYNAME,
        Alphabet::Country,
        2,
    ),
    Field::new(
        &["ST", "SP", "stateOrProvinceName"],
        Nid::STATEORPROVINCENAME,
        Alphabet::Utf8,
        128,
    ),
    Field::new(
        &["L", "localityName"],
        Nid::LOCALITYNAME,
        Alphabet::Utf8,
        128,
    ),
    Field::new(
        &["O", "organizationName"],
        Nid::ORGANIZATIONNAME,
        Alphabet::Utf8,
        64,
    ),
    Field::new(
        &["OU", "organizationalUnitName"],
        Nid::ORGANIZATIONALUNITNAME,
        Alphabet::Utf8,
        64,
    ),
    Field::new(&["CN", "commonName"], Nid::COMMONNAME, Alphabet::Utf8, 64),
    Field::new(
        &["emailAddress", "Email"],
        Nid::PKCS9_EMAILADDRESS,
        Alphabet::Ia5,
        128,
    ),
    Field::new(
        &["DC", "domainComponent"],
        Nid::DOMAINCOMPONENT,
        Alphabet::Ia5,
        63,
    ),
    Field::new(
        &["serialNumber"],
        Nid::SERIALNUMBER,
        Alphabet::Printable,
        64,
    ),
    Field::new(&["SN", "surname"], Nid::SURNAME, Alphabet::Utf8, 40),
    Field::new(&["GN", "givenName"], Nid::GIVENNAME, Alphabet::Utf8, 16),
    Field::new(&["title"], Nid::TITLE, Alphabet::Utf8, 64),
    Field::new(&["dnQualifier"], Nid::DNQUALIFIER, Alphabet::Printable, 64),
    Field::new(&["UID", "userId"], Nid::USERID, Alphabet::Utf8, 256),
    Field::new(
        &["street", "streetAddress"],
        Nid::STREETADDRESS,
        Alphabet::Utf8,
        128,
    ),
    Field::new(&["postalCode"], Nid::POSTALCODE, Alphabet::Utf8, 40),
];

/// A field of a subject that cannot be taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SubjectError {
    field: String,
    fault: Fault,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Fault {
    Unknown,
    Empty,
    Control,
    Alphabet,
    NoCountry,
    TooLong { max: usize },
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match self.fault {
            Fault::Unknown => {
                let known: Vec<_> = FIELDS
                    .iter()
                    .filter_map(|field| field.names.first().copied())
                    .collect();
                write!(
                    f,
                    "{field}: unknown subject field; known are {}",
                    known.join(", ")
                )
            }
            Fault::Empty => write!(f, "{field}: the value is empty"),
            Fault::Control => write!(f, "{field}: control characters are not allowed"),
            Fault::Alphabet => write!(f, "{field}: has characters that this field does not allow"),
            Fault::NoCountry => write!(
                f,
                "{field}: must be the two letters of a country, such as US"
            ),
            Fault::TooLong { max } => write!(f, "{field}: longer than {max} characters"),
        }
    }
}

impl std::error::Error for SubjectError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_refuses_by_name() {
        for (field, value, part) in [
            ("colour", "red", "colour: unknown subject field"),
            ("CN", "", "CN: the value is empty"),
            ("CN", "  ", "CN: the value is empty"),
            ("CN", "a\nb", "CN: control characters"),
            ("C", "USA", "C: must be the two letters"),
            ("C", "U1", "C: must be the two letters"),
            (
                "emailAddress",
                "müller@example.net",
                "emailAddress: has characters",
            ),
            ("serialNumber", "a*b", "serialNumber: has characters"),
            ("CN", &"x".repeat(65), "CN: longer than 64 characters"),
            ("L", &"x".repeat(129), "L: longer than 128 characters"),
        ] {
            let error = Subject::new().push(field, value).unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }

    #[test]
    fn every_field_fits_at_its_upper_bound() {
        for field in FIELDS {
            for name in field.names {
                let mut subject = Subject::new();
                subject.push(name, &"x".repeat(field.max)).unwrap();
                assert!(subject.to_name().is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn order_is_kept() {
        let mut subject = Subject::new();
        subject.push("CN", "ca.net").unwrap();
        subject.push("C", "US").unwrap();
        subject.push("L", "Palm Beach").unwrap();
        let name = subject.to_name().unwrap();
        let order: Vec<_> = name.entries().map(|entry| entry.object().nid()).collect();
        assert_eq!(
            order,
            [Nid::COMMONNAME, Nid::COUNTRYNAME, Nid::LOCALITYNAME]
        );
    }
}
