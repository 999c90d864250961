//! Lists in settings.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// Reads a list. The environment has only texts, so there a list is a text with commas.
pub(crate) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    from.deserialize_any(List)
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        let elements = text.split(',').map(str::trim);
        let elements = elements.filter(|element| !element.is_empty());
        Ok(elements.map(str::to_owned).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut elements = Vec::new();
        // Numbers, such as user ids, become texts here. The check reads them again.
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_one_text_with_commas() {
        let read = |json: &str| list(&mut serde_json::Deserializer::from_str(json));
        let expected = vec!["a".to_owned(), "b c".to_owned()];
        assert_eq!(read(r#"["a", "b c"]"#).unwrap(), expected);
        assert_eq!(read(r#"" a,, b c ,""#).unwrap(), expected);
        assert_eq!(read(r#""""#).unwrap(), Vec::<String>::new());
        let wrong = read("true").unwrap_err().to_string();
        assert!(wrong.contains("expected a list"), "{wrong}");
    }
}
