//! A subject in the file of a decision: a list of pairs, each a field and its value.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use sapi::DistinguishedName;

pub(super) fn serialize<S: Serializer>(
    subject: &Option<DistinguishedName>,
    to: S,
) -> Result<S::Ok, S::Error> {
    let fields = subject.as_ref().map(|subject| subject.fields());
    fields.map(Iterator::collect::<Vec<_>>).serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<DistinguishedName>, D::Error> {
    let fields = Option::<Vec<(String, String)>>::deserialize(from)?;
    let read = |fields: Vec<(String, String)>| {
        let pairs = fields.iter();
        DistinguishedName::from_fields(pairs.map(|(field, value)| (field.as_str(), value.as_str())))
    };
    fields.map(read).transpose().map_err(D::Error::custom)
}
