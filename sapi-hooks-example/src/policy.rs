//! Which hooks take part: a hook without its table in the settings does not.

use sapi::stock::{
    Approvals, AutoApprove, Journal, RenewByCertificate, approvals, auto_approve, journal, renew,
};
use sapi::{Boot, BoxError, Chain, FirstOf};

use crate::members::{self, Members};

/// Members only, if there is a list of them; and of the others, if there are any, one must grant.
pub(crate) fn from_settings(boot: &Boot) -> Result<Chain, BoxError> {
    let members: Option<members::Settings> = boot.settings_if_present("members")?;
    let approvals: Option<approvals::Settings> = boot.settings_if_present("approvals")?;
    let auto_approve: Option<auto_approve::Settings> = boot.settings_if_present("auto_approve")?;
    let renew: Option<renew::Settings> = boot.settings_if_present("renew")?;
    if members.is_none() && approvals.is_none() && auto_approve.is_none() && renew.is_none() {
        let tables = "[hooks.members], [hooks.approvals], [hooks.auto_approve] or [hooks.renew]";
        return Err(format!("nobody would get a certificate: the settings need {tables}").into());
    }
    let approvals = approvals.as_ref().map(Approvals::open).transpose()?;
    let auto_approve = auto_approve.as_ref().map(AutoApprove::open).transpose()?;
    let renew = renew
        .as_ref()
        .map(|settings| renewal(boot, settings))
        .transpose()?;
    Ok(Chain::new()
        .then(members.as_ref().map(Members::open).transpose()?)
        .then(approvals.as_ref().map(Approvals::rejections))
        .then(
            FirstOf::new()
                .then(renew)
                .then(auto_approve)
                .then(approvals),
        ))
}

/// Last of all: what it writes down was granted and signed. A rehearsal writes nothing down, and may be
/// run by somebody who must not make the files.
pub(crate) fn journal(boot: &Boot) -> Result<Option<Journal>, BoxError> {
    let settings: Option<journal::Settings> = boot.settings_if_present("journal")?;
    let settings = settings.filter(|_| !boot.rehearsal());
    Ok(settings
        .map(|settings| Journal::open(&settings.folder))
        .transpose()?)
}

fn renewal(boot: &Boot, settings: &renew::Settings) -> Result<RenewByCertificate, BoxError> {
    let own: Option<journal::Settings> = boot.settings_if_present("journal")?;
    let own = own.ok_or("[hooks.renew] needs [hooks.journal], which knows what is revoked")?;
    let journal = match boot.rehearsal() {
        true => Journal::read_only(&own.folder)?,
        false => Journal::open(&own.folder)?,
    };
    Ok(RenewByCertificate::new(settings, journal))
}
