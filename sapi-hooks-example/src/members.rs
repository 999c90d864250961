//! The members: a list of who may have which certificate, read from a file at the start and at each reload.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use sapi::{
    AltName, BoxError, DraftCertificate, Rejection, SigningContext, SigningHooks, Terms, Validity,
    Verdict, async_trait,
};
use serde::Deserialize;

/// The table `[hooks.members]` of the settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The list of members.
    file: PathBuf,
    /// The URL of the CRL. If it is set, every certificate contains it.
    crl_url: Option<String>,
}

/// Signs for the members in a file, with the names and the validity that the file allows.
#[derive(Debug)]
pub(crate) struct Members {
    clients: HashMap<String, Member>,
    crl_url: Option<String>,
}

#[derive(Debug)]
struct Member {
    names: Vec<AltName>,
    validity: Validity,
}

impl Members {
    /// Reads the list. After a change, reload the service (SIGHUP), which makes the hooks again.
    pub(crate) fn open(settings: &Settings) -> Result<Self, BoxError> {
        let file = settings.file.display();
        let text =
            fs::read_to_string(&settings.file).map_err(|error| format!("{file}: {error}"))?;
        if let Some(url) = &settings.crl_url {
            let url = AltName::Uri(url.clone());
            url.check()
                .map_err(|error| format!("[hooks.members] crl_url: {error}"))?;
        }
        Ok(Self {
            clients: read(&settings.file, &text)?,
            crl_url: settings.crl_url.clone(),
        })
    }
}

#[async_trait]
impl SigningHooks for Members {
    fn name(&self) -> &str {
        "members"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let member = self
            .clients
            .get(cx.client().as_str())
            .ok_or_else(|| Rejection::denied("unknown client"))?;
        // The client reads this reason, so it names what the client asked for and nothing from the list.
        let wanted = cx.csr().names();
        if let Some(name) = wanted.iter().find(|name| !member.names.contains(name)) {
            return Err(Rejection::denied(format!(
                "{name} is not among this client's names"
            )));
        }
        // The subject is granted as requested, and much software treats a common name as a host name.
        let own = |cn: &str| {
            cn == cx.client().as_str() || member.names.iter().any(|name| name.value() == cn)
        };
        let subject = cx.csr().subject();
        if let Some((_, cn)) = subject
            .fields()
            .find(|(field, cn)| field == "CN" && !own(cn))
        {
            return Err(Rejection::denied(format!(
                "CN={cn} is neither this client's identifier nor one of its names"
            )));
        }
        let terms = Terms::valid_for(member.validity).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }

    async fn presign(
        &self,
        _: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        if let Some(url) = &self.crl_url {
            draft.add_crl_url(url)?;
        }
        Ok(())
    }
}

/// The contents of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    clients: HashMap<String, toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    names: Vec<toml::Spanned<String>>,
    validity: toml::Spanned<String>,
}

/// Checks everything now, so that a mistake stops the start and not the first request.
fn read(path: &Path, text: &str) -> Result<HashMap<String, Member>, BoxError> {
    let fault = |place: usize, what: &dyn std::fmt::Display| -> BoxError {
        let line = text
            .bytes()
            .take(place)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        format!("{}:{line}: {what}", path.display()).into()
    };
    let file: File = toml::from_str(text)
        .map_err(|error| fault(error.span().map_or(0, |span| span.start), &error.message()))?;
    let mut clients = HashMap::new();
    for (client, entry) in file.clients {
        client
            .parse::<sapi::ClientId>()
            .map_err(|error| fault(entry.span().start, &format!("clients.{client}: {error}")))?;
        let Entry { names, validity } = entry.into_inner();
        let at = validity.span().start;
        let validity = validity
            .into_inner()
            .parse()
            .map_err(|error| fault(at, &error))?;
        let names = names.into_iter().map(|name| {
            let at = name.span().start;
            name.into_inner().parse().map_err(|error| fault(at, &error))
        });
        let names = names.collect::<Result<_, _>>()?;
        clients.insert(client, Member { names, validity });
    }
    Ok(clients)
}

#[cfg(test)]
mod tests {
    use sapi::testing::{Harness, RequestBuilder};

    use super::*;

    const LIST: &str = r#"
[clients.web01]
names = ["DNS:www.example.com", "IP:192.0.2.1"]
validity = "90d"

[clients.backup]
validity = "12h"
"#;

    fn members(list: &str, crl_url: Option<&str>) -> Result<Members, BoxError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("members.toml");
        fs::write(&file, list).unwrap();
        let crl_url = crl_url.map(str::to_owned);
        Members::open(&Settings { file, crl_url })
    }

    fn harness() -> Harness {
        Harness::new(members(LIST, None).unwrap())
    }

    #[tokio::test]
    async fn a_member_gets_its_names_for_its_time() {
        let request = RequestBuilder::new()
            .common_name("web01")
            .dns("WWW.example.com")
            .ip([192, 0, 2, 1])
            .build();
        let certificate = harness().issue("web01", &request).await.unwrap();
        assert_eq!(certificate.names(), request.names());
        let lasts = certificate
            .not_after()
            .duration_since(certificate.not_before());
        assert_eq!(lasts.unwrap().as_secs(), 90 * 86_400 + 300);
    }

    #[tokio::test]
    async fn only_the_names_asked_for_are_granted() {
        let request = RequestBuilder::new()
            .common_name("web01")
            .ip([192, 0, 2, 1])
            .build();
        let certificate = harness().issue("web01", &request).await.unwrap();
        assert_eq!(certificate.names(), ["IP:192.0.2.1".parse().unwrap()]);
    }

    #[tokio::test]
    async fn a_member_without_names_gets_none() {
        let request = RequestBuilder::new().common_name("backup").build();
        assert!(harness().issue("backup", &request).await.is_ok());
        let request = RequestBuilder::new().dns("www.example.com").build();
        let answer = harness().issue("backup", &request).await;
        assert_eq!(
            reason(answer),
            "DNS:www.example.com is not among this client's names"
        );
    }

    #[tokio::test]
    async fn the_common_name_is_the_members_own() {
        for own in ["web01", "www.example.com"] {
            let request = RequestBuilder::new().common_name(own).build();
            assert!(harness().issue("web01", &request).await.is_ok(), "{own}");
        }
        let request = RequestBuilder::new().common_name("www.google.com").build();
        assert_eq!(
            reason(harness().issue("web01", &request).await),
            "CN=www.google.com is neither this client's identifier nor one of its names"
        );
    }

    #[tokio::test]
    async fn strangers_are_denied() {
        let request = RequestBuilder::new().common_name("web01").build();
        for stranger in ["web02", "WEB01"] {
            assert_eq!(
                reason(harness().issue(stranger, &request).await),
                "unknown client"
            );
        }
    }

    #[tokio::test]
    async fn one_name_too_many_denies_them_all() {
        let request = RequestBuilder::new()
            .dns("www.example.com")
            .dns("mail.example.com")
            .build();
        let answer = harness().issue("web01", &request).await;
        assert_eq!(
            reason(answer),
            "DNS:mail.example.com is not among this client's names"
        );
    }

    #[tokio::test]
    async fn the_crl_is_named_if_the_settings_do() {
        let url = "http://ca.example.com/ca.crl";
        let harness = Harness::new(members(LIST, Some(url)).unwrap());
        let request = RequestBuilder::new().common_name("backup").build();
        let certificate = harness.issue("backup", &request).await.unwrap();
        let points = certificate
            .as_openssl()
            .unwrap()
            .crl_distribution_points()
            .unwrap();
        let names = points
            .get(0)
            .unwrap()
            .distpoint()
            .unwrap()
            .fullname()
            .unwrap();
        assert_eq!(names.get(0).unwrap().uri(), Some(url));
        assert!(members(LIST, Some("not a url")).is_err());
    }

    #[test]
    fn a_slip_in_the_file_stops_the_start_and_is_named_with_its_line() {
        for (list, line, slip) in [
            (
                "[clients.a]\nvalidity = \"1d\"\nnames = [\n\"www\"]",
                4,
                "\"www\"",
            ),
            ("[clients.a]\nvalidity = \"soon\"", 2, "soon"),
            ("[clients.a]\nvalidty = \"1d\"", 2, "validty"),
            ("\n[client.a]\nvalidity = \"1d\"", 2, "client"),
            ("[clients.web-01]\nvalidity = \"1d\"", 1, "web-01"),
            ("[clients.a]\nnames = []", 1, "validity"),
            ("[clients.a]\n\nvalidity = 1", 3, "string"),
            (
                "[clients.a]\nvalidity = \"1d\"\n[clients.a]",
                3,
                "duplicate",
            ),
            ("[clients.a", 1, ""),
        ] {
            let error = members(list, None).unwrap_err().to_string();
            let place = format!("members.toml:{line}: ");
            assert!(
                error.contains(&place) && error.contains(slip),
                "{list}\n{error}"
            );
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let file = PathBuf::from("/nowhere/members.toml");
        let error = Members::open(&Settings {
            file,
            crl_url: None,
        })
        .unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/members.toml: "),
            "{error}"
        );
    }

    #[test]
    fn the_example_list_is_sound() {
        let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/members.toml"));
        let members = Members::open(&Settings {
            file,
            crl_url: None,
        })
        .unwrap();
        assert!(members.clients.contains_key("web01"));
    }

    fn reason<T: std::fmt::Debug>(answer: Result<T, Rejection>) -> String {
        match answer.unwrap_err() {
            Rejection::Denied { reason } => reason.into_owned(),
            other => panic!("not a denial: {other:?}"),
        }
    }
}
