//! What the tools ask before an installation, and print after it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sapi::identity::{Existing, IdentityError, IdentityErrorKind, Installed};
use sapi_tools::exit::{CANNOT_CREATE, CONFIG, DATA, Failure, NO, SOFTWARE, SYSTEM, USAGE};

use crate::confirm::confirm;

/// Asks whether to replace the files that were found. Without a terminal to ask, they stay.
pub(crate) fn what_about_the_old(
    directory: &Path,
    found: &[PathBuf],
    what: &str,
) -> Result<Existing, Failure> {
    if found.is_empty() {
        return Ok(Existing::Keep);
    }
    let listed: Vec<_> = found
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let kept = format!("an identity exists and was kept: {}", listed.join(", "));
    let question =
        format!("Replace the {what} in this directory? Its files are kept in a dated folder.");
    let mut output = io::stderr();
    let article = if what.starts_with('i') { "an" } else { "a" };
    let _ = writeln!(output, "{} contains {article} {what}.", directory.display());
    match confirm(&question).map_err(|error| Failure::new(SYSTEM, error))? {
        Some(true) => Ok(Existing::SetAside),
        Some(false) => Err(Failure::new(NO, kept)),
        None => Err(Failure::new(
            NO,
            format!("{kept} (there is no terminal to ask whether to replace it)"),
        )),
    }
}

/// Prints where everything is now.
pub(crate) fn report(installed: &Installed, old: &str) -> io::Result<()> {
    let mut output = io::stdout();
    for path in &installed.written {
        writeln!(output, "{}", path.display())?;
    }
    if let Some(folder) = &installed.set_aside {
        writeln!(output, "The old {old} is in {}", folder.display())?;
    }
    Ok(())
}

/// Gives an error about an identity its exit code.
pub(crate) fn refused(error: IdentityError) -> Failure {
    let code = match error.kind() {
        IdentityErrorKind::Usage => USAGE,
        IdentityErrorKind::InTheWay => NO,
        IdentityErrorKind::Outside => DATA,
        IdentityErrorKind::Write => CANNOT_CREATE,
        IdentityErrorKind::Crypto => SOFTWARE,
        _ => CONFIG,
    };
    Failure::new(code, error)
}
