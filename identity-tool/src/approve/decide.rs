//! `ca_approve approve` and `ca_approve reject`.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Args;
use sapi::printable::ascii;
use sapi::{AltName, Validity};
use sapi_stock::approvals::{Application, Approval, Decision, Refusal};
use sapi_tools::exit::{Failure, SYSTEM};

use super::list::{Row, id};
use super::select::select;
use super::store_location::{StoreLocation, failure};
use crate::subject::subject;
use crate::table::write_json;

/// Approves a request: the client gets a certificate each time it asks again
#[derive(Args, Clone, Debug)]
pub(super) struct Approve {
    /// The client, or the id of the request
    which: String,

    /// An alternative name to certify, such as DNS:www.example.com, requested or not; repeat it
    /// [default: the names of the request]
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<AltName>,

    /// Certify no alternative name
    #[arg(long, conflicts_with = "names")]
    no_names: bool,

    /// A field of the subject, such as CN web01; repeat it, in the wanted order
    /// [default: the subject of the request]
    #[arg(short, long = "field", num_args = 2, value_names = ["KEY", "VALUE"], allow_hyphen_values = true)]
    fields: Vec<String>,

    /// How long each certificate is valid [default: hooks.approvals.validity]
    #[arg(short, long)]
    validity: Option<Validity>,

    #[command(flatten)]
    options: DecideOptions,
}

/// Rejects a request, or withdraws an approval: the client gets no more certificates, and reads the reason
#[derive(Args, Clone, Debug)]
pub(super) struct Reject {
    /// The client, or the id of the request
    which: String,

    /// Why; the client reads it
    #[arg(short, long)]
    reason: String,

    #[command(flatten)]
    options: DecideOptions,
}

#[derive(Args, Clone, Debug)]
struct DecideOptions {
    /// Who decides, for the record [default: $SUDO_USER, $LOGNAME or $USER]
    #[arg(long, value_name = "WHO")]
    by: Option<String>,

    /// Print the decided request as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    location: StoreLocation,
}

impl Approve {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let subject = match self.fields.is_empty() {
            true => None,
            false => Some(subject(&self.fields)?),
        };
        let approval = Approval {
            validity: self.validity,
            names: (self.no_names || !self.names.is_empty()).then_some(self.names),
            subject,
            ..Approval::by(&self.options.who(), now)
        };
        self.options
            .decide(&self.which, Decision::Approved(approval))
    }
}

impl Reject {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let refusal = Refusal {
            by: self.options.who(),
            at: now,
            reason: self.reason,
        };
        self.options
            .decide(&self.which, Decision::Rejected(refusal))
    }
}

impl DecideOptions {
    fn decide(&self, which: &str, decision: Decision) -> Result<(), Failure> {
        let (store, _) = self.location.open()?;
        let seen = select(&store, which)?;
        let decided = store.decide(&seen, decision).map_err(failure)?;
        for name in not_asked_for(&decided) {
            let (id, name) = (id(&decided), ascii(&name));
            // A typing mistake would show only in the certificate.
            let _ = writeln!(
                io::stderr(),
                "{id}: note: {name} was not requested, but will be certified"
            );
        }
        let written = if self.json {
            write_json(&Row::of(&decided))
        } else {
            let (id, state) = (id(&decided), decided.state());
            writeln!(io::stdout(), "{id}: {state} (was {})", seen.state())
        };
        written.map_err(|error| Failure::new(SYSTEM, error))
    }

    fn who(&self) -> String {
        let named = |variable| std::env::var(variable).ok().filter(|name| !name.is_empty());
        self.by
            .clone()
            .or_else(|| named("SUDO_USER"))
            .or_else(|| named("LOGNAME"))
            .or_else(|| named("USER"))
            .unwrap_or_else(|| "unknown".to_owned())
    }
}

/// The names of an approval that the request does not ask for.
fn not_asked_for(decided: &Application) -> impl Iterator<Item = String> {
    let granted = match &decided.decision {
        Some(Decision::Approved(approval)) => approval.names.as_deref().unwrap_or_default(),
        _ => &[],
    };
    let granted = granted.iter().map(ToString::to_string);
    granted.filter(|name| !decided.names.contains(name))
}
