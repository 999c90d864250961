//! A draft as text, for people and for snapshots.

use std::fmt;

use super::DraftCertificate;
use crate::encoding::hex::hex;
use crate::encoding::printable::ascii;
use crate::encoding::time::rfc3339;

impl DraftCertificate {
    /// The draft as text, without its random serial number. With a fixed clock, the same request gives the
    /// same text, so a test can compare it with a text that it keeps.
    ///
    /// ```
    /// # use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
    /// # struct Lab;
    /// # #[async_trait]
    /// # impl SigningHooks for Lab {
    /// #     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    /// #         Ok(Verdict::Grant(Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr())))
    /// #     }
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use std::time::{Duration, SystemTime};
    /// use sapi::testing::{Harness, RequestBuilder};
    ///
    /// let harness = Harness::new(Lab).at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    /// let request = RequestBuilder::new().common_name("web01").dns("www.example.com").build();
    /// let seen = harness.observe("web01", &request).await;
    /// assert_eq!(seen.presigned().unwrap().snapshot(), "\
    /// subject             CN=web01
    /// name                DNS:www.example.com
    /// not before          2023-11-14T22:08:20Z
    /// not after           2023-11-15T22:13:20Z
    /// key usage           digitalSignature
    /// extended key usage  serverAuth
    /// extended key usage  clientAuth
    /// ");
    /// # });
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        let rows = self.rows().into_iter().filter(|(key, _)| *key != SERIAL);
        rows.map(|(key, value)| row(key, &value)).collect()
    }

    /// Each property, in the order of the certificate. Each value has its own row.
    pub(crate) fn rows(&self) -> Vec<(&'static str, String)> {
        let mut rows = vec![
            (SERIAL, self.serial.to_string()),
            ("subject", self.subject.to_string()),
        ];
        let mut all = |key, values: Vec<String>| {
            rows.extend(values.into_iter().map(|value| (key, value)));
        };
        all("name", texts(&self.names));
        all("not before", vec![rfc3339(self.not_before)]);
        all("not after", vec![rfc3339(self.not_after)]);
        let usages: Vec<_> = self.key_usages.iter().collect();
        all("key usage", texts(&usages));
        all(
            "extended key usage",
            self.extended_key_usages.names().collect(),
        );
        all("crl", self.crl_urls.clone());
        all("ocsp", self.ocsp_urls.clone());
        all("ca issuer", self.ca_issuer_urls.clone());
        all("policy", texts(&self.policies));
        let others = self.extensions.iter().map(|extension| {
            let critical = if extension.critical { "critical " } else { "" };
            format!("{} {critical}{}", extension.kind, hex(&extension.value))
        });
        all("extension", others.collect());
        rows
    }
}

/// Writes one line for each value, the serial number first.
impl fmt::Display for DraftCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = self.rows().into_iter();
        rows.try_for_each(|(key, value)| f.write_str(&row(key, &value)))
    }
}

fn row(key: &str, value: &str) -> String {
    format!("{key:<18}  {}\n", ascii(value))
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

const SERIAL: &str = "serial number";
