//! SPIFFE IDs for workloads: one URI name each, and an hour of validity (X509-SVID, SPIFFE's standard for
//! such certificates, sections 2 and 4).

use sapi::policy::{Keys, Names, Subject};
use sapi::{
    AltName, BoxError, DraftCertificate, KeyKind, KeyUsage, Rejection, SigningContext,
    SigningHooks, Terms, Validity, Verdict, async_trait,
};
use serde::Deserialize;

/// The table `[hooks.spiffe]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `example.org`
    pub trust_domain: String,
    /// Networks from which workloads may ask: `["10.0.0.0/8"]`.
    pub from: Vec<String>,
}

/// Grants `spiffe://<trust domain>/ns/<any>/sa/<client>` to clients of some networks.
#[derive(Debug)]
pub struct Spiffe {
    trust_domain: String,
    keys: Keys,
    from: Names,
}

impl Spiffe {
    /// # Errors
    ///
    /// If the trust domain or a network is not valid.
    pub fn new(settings: &Settings) -> Result<Self, BoxError> {
        let from = settings.from.iter();
        let spiffe = Self {
            trust_domain: settings.trust_domain.clone(),
            keys: Keys::of([KeyKind::P256, KeyKind::P384]),
            from: from
                .into_iter()
                .try_fold(Names::none(), |all, network| all.ip(network))?,
        };
        let _checked = spiffe.ids_of("any")?;
        Ok(spiffe)
    }

    fn ids_of(&self, client: &str) -> Result<Names, BoxError> {
        Ok(Names::none().uri(&format!("spiffe://{}/ns/*/sa/{client}", self.trust_domain))?)
    }
}

#[async_trait]
impl SigningHooks for Spiffe {
    fn name(&self) -> &'static str {
        "spiffe"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let Some(address) = cx.peer().address() else {
            return Err(Rejection::denied("workloads ask over the network"));
        };
        self.from.check(&[AltName::Ip(address)])?;
        // An SVID has exactly one URI name, and no other name.
        if cx.csr().names().len() != 1 {
            return Err(Rejection::denied("ask for exactly one name, a SPIFFE ID"));
        }
        self.ids_of(cx.client().as_str())?.check(cx.csr().names())?;
        self.keys.check(cx.csr().key_kind())?;
        Subject::none().check(cx)?;
        let terms = Terms::valid_for(Validity::hours(1)).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }

    async fn presign(
        &self,
        _: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        draft.key_usage_mut().remove(KeyUsage::KeyEncipherment);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sapi::testing::{Harness, RequestBuilder, TestKey, conformance};
    use sapi::{CertRequest, Peer};

    use super::*;

    fn harness() -> Harness {
        Harness::new(hooks()).peer(peer())
    }

    fn hooks() -> Spiffe {
        let settings = Settings {
            trust_domain: "example.org".into(),
            from: vec!["10.0.0.0/8".into()],
        };
        Spiffe::new(&settings).unwrap()
    }

    fn peer() -> Peer {
        Peer::at([10, 1, 2, 3].into())
    }

    fn asking(id: &str) -> CertRequest {
        RequestBuilder::new().uri(id).build()
    }

    #[tokio::test]
    async fn a_workload_gets_its_id_alone() {
        let seen = harness()
            .observe("api", &asking("spiffe://example.org/ns/prod/sa/api"))
            .await;
        seen.assert_names(["URI:spiffe://example.org/ns/prod/sa/api"]);
        let text = seen
            .assert_issued()
            .as_openssl()
            .unwrap()
            .to_text()
            .unwrap();
        let text = String::from_utf8(text).unwrap();
        // Without a subject the names are critical (RFC 5280 section 4.2.1.6).
        assert!(
            text.contains("X509v3 Subject Alternative Name: critical"),
            "{text}"
        );
        assert!(text.contains("CA:FALSE"), "{text}");
        assert_eq!(seen.terms().unwrap().validity(), Validity::hours(1));
    }

    #[tokio::test]
    async fn everything_else_is_refused_with_its_rule() {
        let id = "spiffe://example.org/ns/prod/sa/api";
        let two = RequestBuilder::new().uri(id).dns("api.example.org").build();
        let named = RequestBuilder::new().uri(id).common_name("api").build();
        let rsa = RequestBuilder::new()
            .uri(id)
            .key(TestKey::rsa(2048))
            .build();
        for (request, reason) in [
            (
                asking("spiffe://example.org/ns/prod/sa/db"),
                "URI:spiffe://example.org/ns/prod/sa/db: is not allowed",
            ),
            (
                asking("spiffe://example.net/ns/prod/sa/api"),
                "is not allowed",
            ),
            (
                asking("spiffe://example.org/ns/../sa/api"),
                "is not allowed",
            ),
            (two, "exactly one name"),
            (named, "subject: CN is not allowed"),
            (rsa, "public key: RSA 2048 is not allowed"),
        ] {
            harness()
                .observe("api", &request)
                .await
                .assert_denied(reason);
        }
        let outside = Peer::at([192, 0, 2, 1].into());
        let seen = harness().observe_from(&outside, "api", &asking(id)).await;
        seen.assert_denied("IP:192.0.2.1: is not allowed; allowed are 10.0.0.0/8");
        harness()
            .observe_from(&Peer::local(), "api", &asking(id))
            .await
            .assert_denied("over the network");
    }

    #[tokio::test]
    async fn it_conforms() {
        let suite = conformance(hooks()).client("api").peer(peer());
        suite
            .name("URI:spiffe://example.org/ns/prod/sa/api")
            .run()
            .await;
    }

    #[test]
    fn a_slip_in_the_settings_stops_the_start() {
        for (trust_domain, network) in [("*", "10.0.0.0/8"), ("a b", "10.0.0.0/8"), ("a.b", "10/8")]
        {
            let settings = Settings {
                trust_domain: trust_domain.into(),
                from: vec![network.into()],
            };
            assert!(Spiffe::new(&settings).is_err(), "{trust_domain} {network}");
        }
    }
}
