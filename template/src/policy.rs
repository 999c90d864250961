//! The policy: who may have which certificate. This is yours: change it.

use sapi::policy::{Keys, Names, Subject};
use sapi::{
    BoxError, KeyKind, Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict,
    async_trait,
};
use serde::Deserialize;

/// The table `[hooks.policy]` of the settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The clients that may ask, by their identifier in the path `/api/csr/<client>`.
    clients: Vec<String>,
    /// Certificates are for this domain and all names below it.
    domain: String,
    /// How long certificates are valid: `30d`, `12h`.
    validity: String,
}

/// Signs for known clients, under names of one domain.
#[derive(Debug)]
pub struct Policy {
    clients: Vec<String>,
    names: Names,
    keys: Keys,
    subject: Subject,
    validity: Validity,
}

impl Policy {
    /// Checks the settings now, so that a mistake stops the start and not the first request.
    pub fn new(settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self {
            clients: settings.clients.clone(),
            names: Names::none().dns_under(&settings.domain)?,
            keys: Keys::of([KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }]),
            subject: Subject::none().common_name_is_own(),
            validity: settings.validity.parse()?,
        })
    }
}

#[async_trait]
impl SigningHooks for Policy {
    fn name(&self) -> &str {
        "policy"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        // The identifier proves nothing: anyone who reaches the endpoint may write any. Check the address or
        // the verified client certificate in `cx.peer()`, or let nginx admit only the right clients.
        let asks = |client: &String| cx.client() == client.as_str();
        if !self.clients.iter().any(asks) {
            return Err(Rejection::denied("unknown client"));
        }
        self.names.check(cx.csr().names())?;
        self.keys.check(cx.csr().key_kind())?;
        self.subject.check(cx)?;
        let terms = Terms::valid_for(self.validity).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

#[cfg(test)]
mod tests {
    use sapi::testing::{Harness, RequestBuilder, conformance};

    use super::*;

    fn policy() -> Policy {
        let settings = Settings {
            clients: vec!["web01".into()],
            domain: "example.com".into(),
            validity: "30d".into(),
        };
        Policy::new(&settings).unwrap()
    }

    #[tokio::test]
    async fn a_known_client_gets_the_names_of_its_domain() {
        let harness = Harness::new(policy());
        let request = RequestBuilder::new()
            .common_name("web01")
            .dns("www.example.com")
            .build();
        let seen = harness.observe("web01", &request).await;
        seen.assert_issued();
        seen.assert_names(["DNS:www.example.com"]);
        assert_eq!(seen.terms().unwrap().validity(), Validity::days(30));
    }

    #[tokio::test]
    async fn others_are_told_why_not() {
        let harness = Harness::new(policy());
        let request = RequestBuilder::new().dns("www.example.com").build();
        harness
            .observe("web02", &request)
            .await
            .assert_denied("unknown client");
        let request = RequestBuilder::new().dns("www.example.net").build();
        harness
            .observe("web01", &request)
            .await
            .assert_denied("DNS:www.example.net: is not allowed");
    }

    #[tokio::test]
    async fn it_withstands_whatever_comes() {
        conformance(policy())
            .client("web01")
            .name("DNS:www.example.com")
            .run()
            .await;
    }

    #[test]
    fn a_slip_in_the_settings_stops_the_start() {
        let slip = |text: &str| {
            let settings: Settings = toml::from_str(text).unwrap();
            Policy::new(&settings).unwrap_err().to_string()
        };
        assert!(slip("clients = []\ndomain = \"*\"\nvalidity = \"1d\"").contains("host name"));
        assert!(slip("clients = []\ndomain = \"a.b\"\nvalidity = \"soon\"").contains("soon"));
    }
}
