//! The hooks of this CA. A hook takes part only if the settings contain its table.

use sapi::{Boot, BoxError, Chain, FirstOf};
use sapi_stock::{
    Approvals, AutoApprove, Journal, RenewByCertificate, approvals, auto_approve, journal, renew,
};

use crate::members::{self, Members};

/// Makes the hooks. With a list of members, only members get certificates. If renewal, rules or approvals
/// are set, one of them must grant. The journal records what was signed.
pub(crate) fn from_settings(boot: &Boot) -> Result<Chain, BoxError> {
    let members: Option<members::Settings> = boot.settings_if_present("members")?;
    let approvals: Option<approvals::Settings> = boot.settings_if_present("approvals")?;
    let rules: Option<auto_approve::Settings> = boot.settings_if_present("auto_approve")?;
    let renew: Option<renew::Settings> = boot.settings_if_present("renew")?;
    if members.is_none() && approvals.is_none() && rules.is_none() && renew.is_none() {
        let tables = "[hooks.members], [hooks.approvals], [hooks.auto_approve] or [hooks.renew]";
        return Err(format!("nobody would get a certificate: the settings need {tables}").into());
    }
    let journal = open_journal(boot)?;
    let (mut all, mut one_of) = (Chain::new(), FirstOf::new());
    if let Some(members) = members {
        all = all.then(Members::open(&members)?);
    }
    if let Some(renew) = renew {
        let journal = journal
            .clone()
            .ok_or("[hooks.renew] needs [hooks.journal], which knows what is revoked")?;
        one_of = one_of.then(RenewByCertificate::new(&renew, journal));
    }
    if let Some(rules) = rules {
        one_of = one_of.then(AutoApprove::open(&rules)?);
    }
    if let Some(approvals) = approvals {
        let approvals = match boot.rehearsal() {
            true => Approvals::rehearsing(&approvals)?,
            false => Approvals::open(&approvals)?,
        };
        // A person's no comes before any other hook's yes. The hook that must ask a person comes last.
        all = all.then(approvals.rejections());
        one_of = one_of.then(approvals);
    }
    all = all.then(one_of);
    Ok(match journal {
        Some(journal) => all.then(journal),
        None => all,
    })
}

/// Opens the journal. A rehearsal may run as another user and records nothing, so it only reads the journal.
fn open_journal(boot: &Boot) -> Result<Option<Journal>, BoxError> {
    let Some(journal::Settings { folder, .. }) = boot.settings_if_present("journal")? else {
        return Ok(None);
    };
    Ok(Some(match boot.rehearsal() {
        true => Journal::rehearsing(&folder)?,
        false => Journal::open(&folder)?,
    }))
}
