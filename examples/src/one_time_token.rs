//! A token in the request's challengePassword, valid for one certificate.
//!
//! The operator gives each client a token by another way, and puts a file for it into a folder. The file's
//! name is the SHA-256 of the token, so the folder reveals no token. Spending a token renames its file; the
//! file system does this only once, even if several requests try.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sapi::{
    AltName, BoxError, DraftCertificate, Rejection, SigningContext, SigningHooks, Terms, Validity,
    Verdict, async_trait,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The table `[hooks.tokens]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder of the files, each named `<sha-256>.toml`. Spent ones get the ending `.spent`.
    pub folder: PathBuf,
}

/// Grants what the token's file says, once.
#[derive(Debug)]
pub struct OneTimeToken {
    folder: PathBuf,
}

/// A file: `client = "web01"`, `names = ["DNS:www.example.com"]`, `validity = "30d"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticket {
    client: String,
    names: Vec<String>,
    validity: String,
}

/// The note of authorize for presign: the file to be spent.
struct Spend(PathBuf);

impl OneTimeToken {
    /// # Errors
    ///
    /// If `folder` is not a folder.
    pub fn open(settings: &Settings) -> Result<Self, BoxError> {
        let folder = settings.folder.clone();
        match folder.is_dir() {
            true => Ok(Self { folder }),
            false => Err(format!("{}: is not a folder", folder.display()).into()),
        }
    }
}

#[async_trait]
impl SigningHooks for OneTimeToken {
    fn name(&self) -> &'static str {
        "one-time-token"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        // One text for every mistake, so that guessing reveals nothing.
        let refused = || {
            Rejection::denied("the challenge password is not a token for this client, or is spent")
        };
        let token = challenge_password(cx).ok_or_else(refused)?;
        let file = self.folder.join(file_name(token));
        let Some(ticket) = read(&file)? else {
            return Err(refused());
        };
        if cx.client() != ticket.client.as_str() {
            return Err(refused());
        }
        let names: Result<Vec<AltName>, _> = ticket.names.iter().map(|name| name.parse()).collect();
        let validity: Validity = ticket.validity.parse()?;
        cx.insert(Spend(file));
        Ok(Verdict::Grant(
            Terms::valid_for(validity).with_names(names?),
        ))
    }

    /// Spends the token at the last stop before the signature, so that an earlier refusal does not cost it.
    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        draft.set_subject(sapi::DistinguishedName::from_fields([(
            "CN",
            cx.client().as_str(),
        )])?);
        let Some(Spend(file)) = cx.get() else {
            return Ok(());
        };
        if cx.rehearsal() {
            return Ok(());
        }
        match fs::rename(file, file.with_extension("spent")) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(Rejection::denied("the token was spent just now"))
            }
            Err(error) => Err(format!("{}: {error}", file.display()).into()),
        }
    }
}

/// The octets of the password. RFC 2985 section 5.4.1 asks for a DirectoryString; this reads a short
/// UTF8String, PrintableString or IA5String.
fn challenge_password(cx: &SigningContext) -> Option<&[u8]> {
    match cx.csr().attribute("1.2.840.113549.1.9.7")? {
        [0x0c | 0x13 | 0x16, length @ 1..=127, text @ ..] if text.len() == usize::from(*length) => {
            Some(text)
        }
        _ => None,
    }
}

fn file_name(token: &[u8]) -> String {
    let digest = Sha256::digest(token);
    let hex: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    hex + ".toml"
}

fn read(file: &Path) -> Result<Option<Ticket>, BoxError> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let ticket = toml::from_str(&text);
            Ok(Some(
                ticket.map_err(|error| format!("{}: {error}", file.display()))?,
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", file.display()).into()),
    }
}

#[cfg(test)]
mod tests {
    use sapi::testing::{Harness, RequestBuilder, conformance};
    use tempfile::TempDir;

    use super::*;

    const TICKET: &str =
        "client = \"web01\"\nnames = [\"DNS:www.example.com\"]\nvalidity = \"30d\"";

    fn with(token: &str) -> (TempDir, OneTimeToken) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file_name(token.as_bytes())), TICKET).unwrap();
        let settings = Settings {
            folder: folder.path().into(),
        };
        let hooks = OneTimeToken::open(&settings).unwrap();
        (folder, hooks)
    }

    fn request(token: &str) -> sapi::CertRequest {
        RequestBuilder::new()
            .common_name("anything")
            .challenge_password(token)
            .build()
    }

    #[tokio::test]
    async fn a_token_is_good_for_one_certificate() {
        let (_folder, hooks) = with("open sesame");
        let harness = Harness::new(hooks);
        let seen = harness.observe("web01", &request("open sesame")).await;
        seen.assert_names(["DNS:www.example.com"]);
        assert_eq!(seen.assert_issued().subject().to_string(), "CN=web01");
        harness
            .observe("web01", &request("open sesame"))
            .await
            .assert_denied("or is spent");
    }

    #[tokio::test]
    async fn two_at_once_get_one_certificate() {
        let (_folder, hooks) = with("open sesame");
        let harness = Harness::new(hooks);
        let request = request("open sesame");
        let all = tokio::join!(
            harness.observe("web01", &request),
            harness.observe("web01", &request),
            harness.observe("web01", &request),
        );
        let issued = [all.0, all.1, all.2]
            .iter()
            .filter(|seen| seen.rejection().is_none())
            .count();
        assert_eq!(issued, 1);
    }

    #[tokio::test]
    async fn wrong_tokens_clients_and_attributes_are_told_the_same() {
        let (_folder, hooks) = with("open sesame");
        let harness = Harness::new(hooks);
        let none = RequestBuilder::new().build();
        let odd = RequestBuilder::new()
            .attribute("1.2.840.113549.1.9.7", &[4, 1, 65])
            .build();
        for (client, request) in [
            ("web01", &request("close sesame")),
            ("web02", &request("open sesame")),
            ("web01", &none),
            ("web01", &odd),
        ] {
            harness
                .observe(client, request)
                .await
                .assert_denied("is not a token for this client");
        }
        harness
            .observe("web01", &request("open sesame"))
            .await
            .assert_issued();
    }

    #[tokio::test]
    async fn a_rehearsal_spends_nothing() {
        let (folder, hooks) = with("open sesame");
        let harness = Harness::new(hooks).rehearsing();
        for _ in 0..2 {
            harness
                .observe("web01", &request("open sesame"))
                .await
                .assert_issued();
        }
        let settings = Settings {
            folder: folder.path().into(),
        };
        let harness = Harness::new(OneTimeToken::open(&settings).unwrap());
        harness
            .observe("web01", &request("open sesame"))
            .await
            .assert_issued();
    }

    #[tokio::test]
    async fn a_broken_ticket_refuses_and_only_the_log_reads_why() {
        let (folder, hooks) = with("open sesame");
        let file = fs::read_dir(folder.path())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        fs::write(&file, "client = 1").unwrap();
        let seen = Harness::new(hooks)
            .observe("web01", &request("open sesame"))
            .await;
        seen.assert_rejected("internal-error");
        assert!(!seen.body().to_string().contains("toml"));
        let missing = Settings {
            folder: "/no/such/folder".into(),
        };
        assert!(OneTimeToken::open(&missing).is_err());
    }

    #[tokio::test]
    async fn it_conforms() {
        let (_folder, hooks) = with("open sesame");
        conformance(hooks).client("web01").requests(100).run().await;
    }
}
