//! Python with the packages of `verifiers/requirements.txt`, in an environment below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::program::{missing, program};
use crate::tool::run;

/// `python3` of that environment, which is made when it is missing or other packages are asked for.
///
/// # Panics
///
/// When it cannot be made: without `python3-venv`, or without a network on the first time.
#[must_use]
pub fn command() -> Command {
    Command::new(&*PYTHON)
}

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let requirements = here.join("verifiers/requirements.txt");
    let wanted = fs::read_to_string(&requirements).unwrap();
    let folder = here.join("../target/judges-venv");
    let python = folder.join("bin/python3");
    // Written last, so that a half-made environment is made anew.
    let mark = folder.join("made-of.txt");
    if fs::read_to_string(&mark).is_ok_and(|made| made == wanted) {
        return python;
    }
    let mut make = program("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    let made = run(&mut make);
    assert!(
        made.code == Some(0),
        "{}\n{}{}",
        missing("python3 -m venv", "python3-venv"),
        made.stdout,
        made.stderr
    );
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    run(Command::new(&python).args(pip).arg(&requirements)).expect(0);
    fs::write(mark, wanted).unwrap();
    python
});
