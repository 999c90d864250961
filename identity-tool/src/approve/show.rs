//! `ca_approve show`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use sapi::printable::ascii;
use sapi::{CertRequest, DistinguishedName, DraftCertificate, Issuer, Validity};
use sapi_stock::approvals::{Application, Approval, Decision};
use sapi_tools::exit::{CONFIG, DATA, Failure, SOFTWARE, SYSTEM};
use serde::{Deserialize, Serialize};

use super::list::{Row, id};
use super::select::select;
use super::store_location::StoreLocation;
use crate::service::Service;
use crate::table::{moment, write_json};

/// Shows a request, and the certificate that the service would sign
#[derive(Args, Clone, Debug)]
pub(super) struct Show {
    /// The client, or the id of the request
    which: String,

    /// The CA's directory [default: ca_path of the settings]
    #[arg(long, value_name = "DIR", env = "SAPI_CA_PATH")]
    ca_path: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    location: StoreLocation,
}

impl Show {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let (store, service) = self.location.open()?;
        let application = select(&store, &self.which)?;
        let ca_path = self.ca_path.as_deref().unwrap_or(service.0.ca_path());
        let issuer = sapi::identity::load_issuer(ca_path, now)
            .map_err(|error| Failure::new(CONFIG, error))?;
        let draft = draft(&application, &service, &issuer, now)?;
        let written = if self.json {
            write_json(&Shown {
                row: Row::of(&application),
                draft: Draft::of(&draft, &issuer),
            })
        } else {
            write(&mut io::stdout(), &application, &Draft::of(&draft, &issuer))
        };
        written.map_err(|error| Failure::new(SYSTEM, error))
    }
}

/// Drafts the certificate by the service's own code, as approved or, before a decision, as requested.
fn draft(
    application: &Application,
    service: &Service,
    issuer: &Issuer,
    now: SystemTime,
) -> Result<DraftCertificate, Failure> {
    let csr = CertRequest::from_pem(application.request.as_bytes())
        .map_err(|error| Failure::new(DATA, error))?;
    let table: Option<Table> = service.hook("approvals")?;
    let otherwise = table.and_then(|table| table.validity);
    let otherwise = otherwise.unwrap_or(Validity::hours(48));
    let approval = match &application.decision {
        Some(Decision::Approved(approval)) => approval.clone(),
        _ => Approval::by("nobody", now),
    };
    let mut draft = approval
        .terms(&csr, otherwise)
        .draft(&csr, issuer, service.0.profile(), now)
        .map_err(|error| Failure::new(SOFTWARE, error))?;
    if let Some(subject) = approval.subject {
        draft.set_subject(subject);
    }
    Ok(draft)
}

/// The part of `[hooks.approvals]` that a draft needs. SAPI_HOOKS__APPROVALS__FOLDER alone makes a table without it.
#[derive(Deserialize)]
struct Table {
    validity: Option<Validity>,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    draft: Draft,
}

/// The draft as text.
#[derive(Serialize)]
struct Draft {
    issuer: String,
    subject: String,
    names: Vec<String>,
    not_before: String,
    not_after: String,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
}

impl Draft {
    fn of(draft: &DraftCertificate, issuer: &Issuer) -> Self {
        let der = issuer.subject().to_der().unwrap_or_default();
        let name = DistinguishedName::from_der(&der);
        Self {
            issuer: name.map_or_else(
                |_| format!("{:?}", issuer.subject()),
                |name| name.to_string(),
            ),
            subject: draft.subject().to_string(),
            names: draft.names().iter().map(ToString::to_string).collect(),
            not_before: moment(draft.not_before()),
            not_after: moment(draft.not_after()),
            key_usage: draft
                .key_usage()
                .iter()
                .map(|usage| usage.to_string())
                .collect(),
            extended_key_usage: draft.extended_usage().names().collect(),
        }
    }
}

fn write(to: &mut impl Write, application: &Application, draft: &Draft) -> io::Result<()> {
    writeln!(to, "Request {}, {}", id(application), application.state())?;
    let peer = application.peer.as_deref().unwrap_or("unknown");
    let pairs = [
        ("client", application.client.clone()),
        (
            "received",
            format!("{} from {peer}", moment(application.received_at)),
        ),
        ("subject", application.subject.clone()),
        ("names", application.names.join(" ")),
        (
            "key",
            format!("{}, SHA-256 {}", application.key, application.key_sha256),
        ),
        ("request", format!("SHA-256 {}", application.sha256)),
    ];
    write_pairs(to, &pairs)?;
    if let Some(decision) = &application.decision {
        let mut said = format!(
            "{} by {} at {}",
            application.state(),
            decision.by(),
            moment(decision.at())
        );
        if let Decision::Rejected(refusal) = decision {
            said.push_str(&format!(": {}", refusal.reason));
        }
        write_pairs(to, &[("decision", said)])?;
    }
    writeln!(to, "\nWhat would be signed")?;
    let pairs = [
        ("issuer", draft.issuer.clone()),
        ("subject", draft.subject.clone()),
        ("names", draft.names.join(" ")),
        (
            "valid",
            format!("{} to {}", draft.not_before, draft.not_after),
        ),
        ("usage", draft.key_usage.join(" ")),
        ("extended", draft.extended_key_usage.join(" ")),
    ];
    write_pairs(to, &pairs)?;
    write!(to, "\n{}", application.request)
}

fn write_pairs(to: &mut impl Write, pairs: &[(&str, String)]) -> io::Result<()> {
    for (name, value) in pairs {
        writeln!(
            to,
            "  {name:<9} {}",
            if value.is_empty() {
                "-".into()
            } else {
                ascii(value)
            }
        )?;
    }
    Ok(())
}
