//! The service's answer to a request.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::response::Response;

/// The answer to one PUT, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Signed { leaf: String, chain: String },
    Pending { retry_after: Option<Duration> },
    Refused(Refusal),
}

impl Answer {
    /// Reads an answer. The error says what is wrong with it.
    pub(crate) fn read(response: &Response) -> Result<Self, String> {
        let retry_after = response.retry_after.map(Duration::from_secs);
        match response.status {
            200 => signed(&response.body),
            202 => Ok(Self::Pending { retry_after }),
            400..=599 => Ok(Self::Refused(Refusal::read(response))),
            status => Err(format!("an answer with status {status} is not expected")),
        }
    }
}

fn signed(body: &[u8]) -> Result<Answer, String> {
    #[derive(Deserialize)]
    struct Signed {
        signed_x509_pem: String,
        #[serde(default)]
        issuer_chain_pem: String,
    }
    let signed: Signed = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is not the JSON of a certificate: {error}"))?;
    Ok(Answer::Signed {
        leaf: signed.signed_x509_pem,
        chain: signed.issuer_chain_pem,
    })
}

/// Why the service refuses a certificate: a problem document (RFC 9457).
///
/// ```
/// # fn f(refusal: sapi_client::Refusal) {
/// use sapi_client::RefusalKind;
///
/// if refusal.kind() == RefusalKind::Rejected {
///     eprintln!("not for us: {refusal}");
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    slug: String,
    detail: String,
    instance: String,
    retry_after: Option<Duration>,
}

/// What can be done about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The policy does not give this client a certificate (401, 403).
    Rejected,
    /// The service does not accept such a request; change the settings (other 4xx).
    Unacceptable,
    /// The same request may succeed later (408, 429, 5xx).
    Temporary,
}

impl Refusal {
    fn read(response: &Response) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Problem {
            #[serde(rename = "type")]
            kind: String,
            title: String,
            detail: String,
            instance: String,
        }
        // A proxy may send a page of HTML instead; then the status says enough.
        let problem: Problem = serde_json::from_slice(&response.body).unwrap_or_default();
        let text = if problem.detail.is_empty() {
            problem.title
        } else {
            problem.detail
        };
        let slug = problem.kind.strip_prefix("urn:sapi:problem:");
        Self {
            status: response.status,
            slug: printable(slug.unwrap_or_default()),
            detail: printable(&text),
            instance: printable(problem.instance.trim_start_matches("urn:uuid:")),
            retry_after: response.retry_after.map(Duration::from_secs),
        }
    }

    /// What can be done about it.
    ///
    /// ```
    /// # fn f(refusal: sapi_client::Refusal) {
    /// assert_eq!(refusal.kind(), sapi_client::RefusalKind::Temporary);
    /// # }
    /// ```
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        match self.status {
            401 | 403 => RefusalKind::Rejected,
            408 | 425 | 429 | 500.. => RefusalKind::Temporary,
            _ => RefusalKind::Unacceptable,
        }
    }

    /// The kind of problem, from the list in `deploy/openapi.yaml`. Empty when something else answered.
    ///
    /// ```
    /// # fn f(refusal: sapi_client::Refusal) {
    /// assert_eq!(refusal.slug(), "denied");
    /// # }
    /// ```
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// How long to wait before the next try, if the service says so.
    ///
    /// ```
    /// # fn f(refusal: sapi_client::Refusal) {
    /// assert!(refusal.retry_after().is_none());
    /// # }
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.as_str() {
            "" => write!(f, "the server answers with status {}", self.status)?,
            detail => write!(f, "{detail} (status {}", self.status)?,
        }
        match (self.detail.as_str(), self.instance.as_str()) {
            ("", _) => Ok(()),
            (_, "") => f.write_str(")"),
            (_, id) => write!(f, ", request id {id})"),
        }
    }
}

/// Makes a stranger's text safe to show on a terminal.
fn printable(text: &str) -> String {
    let shown = text.chars().take(MAX_TEXT);
    shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

const MAX_TEXT: usize = 500;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answer, String> {
        Answer::read(&Response {
            status,
            retry_after: Some(7),
            body: body.into(),
        })
    }

    fn refusal(status: u16, body: &str) -> Refusal {
        match answer(status, body) {
            Ok(Answer::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_certificate_with_or_without_its_chain() {
        let old = r#"{"signed_x509_pem": "A\nB"}"#;
        let leaf = "A\nB".to_owned();
        assert_eq!(
            answer(200, old),
            Ok(Answer::Signed {
                leaf: leaf.clone(),
                chain: String::new()
            })
        );
        let new = r#"{"signed_x509_pem": "A\nB", "issuer_chain_pem": "C", "more": [1]}"#;
        assert_eq!(
            answer(200, new),
            Ok(Answer::Signed {
                leaf,
                chain: "C".into()
            })
        );
        for odd in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"signed_x509_pem": 1}"#,
            r#"{"signed_x509_pem": "a"} x"#,
        ] {
            assert!(answer(200, odd).is_err(), "{odd}");
        }
        assert!(answer(201, new).is_err());
        assert!(answer(302, "").is_err());
    }

    #[test]
    fn kinds_of_refusal() {
        for (kind, statuses) in [
            (RefusalKind::Rejected, &[401, 403][..]),
            (RefusalKind::Unacceptable, &[400, 404, 405, 413, 415, 422]),
            (RefusalKind::Temporary, &[408, 429, 500, 503]),
        ] {
            for status in statuses {
                assert_eq!(refusal(*status, "").kind(), kind, "{status}");
            }
        }
    }

    #[test]
    fn a_refusal_says_why_without_playing_tricks_on_a_terminal() {
        let problem = r#"{"type": "urn:sapi:problem:denied", "detail": "no \u001b[31m", "instance": "urn:uuid:abc"}"#;
        let refusal = refusal(403, problem);
        assert_eq!(refusal.slug(), "denied");
        assert_eq!(refusal.to_string(), "no  [31m (status 403, request id abc)");
        assert_eq!(refusal.retry_after(), Some(Duration::from_secs(7)));
        let page = self::refusal(502, "<html>");
        assert_eq!(page.to_string(), "the server answers with status 502");
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(status in 0u16..1000, body in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Answer::Refused(refusal)) = Answer::read(&Response { status, retry_after: None, body }) {
                prop_assert!(!refusal.to_string().chars().any(char::is_control));
            }
        }

        #[test]
        fn any_json_is_read_or_refused(text in "\\{(\"(type|detail|signed_x509_pem|instance)\":(\".{0,20}\"|1|null|\\[\\]),?){0,5}\\}") {
            for status in [200, 202, 403, 503] {
                let _ = answer(status, &text);
            }
        }
    }
}
