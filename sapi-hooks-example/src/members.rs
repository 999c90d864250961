//! The members: a list of who may have which certificate, read from a file at the start and at each reload.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use sapi::policy::{Names, Subject};
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
    names: Names,
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
        member.names.check(cx.csr().names())?;
        // The subject is granted as requested, so every field of it is checked.
        Subject::none().common_name_is_own().check(cx)?;
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
    /// A list may go over many lines, and a mistake is told with its own.
    names: Vec<toml::Spanned<String>>,
    validity: Validity,
}

/// Checks everything now, so that a mistake stops the start and not the first request.
fn read(path: &Path, text: &str) -> Result<HashMap<String, Member>, BoxError> {
    let fault = |place: usize, what: &str| -> BoxError {
        let before = text.bytes().take(place);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        format!("{}:{line}: {what}", path.display()).into()
    };
    let file: File = toml::from_str(text)
        .map_err(|error| fault(error.span().map_or(0, |span| span.start), error.message()))?;
    let mut clients = HashMap::new();
    for (client, entry) in file.clients {
        let at = entry.span().start;
        client
            .parse::<sapi::ClientId>()
            .map_err(|error| fault(at, &format!("clients.{client}: {error}")))?;
        let Entry {
            names: listed,
            validity,
        } = entry.into_inner();
        let mut names = Names::none();
        for name in listed {
            let at = name.span().start;
            let name: Result<AltName, _> = name.into_inner().parse();
            names = names.exactly(name.map_err(|error| fault(at, &error.to_string()))?);
        }
        clients.insert(client, Member { names, validity });
    }
    Ok(clients)
}
