//! `ca links`.

use std::env;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use sapi_tools::exit::{CANNOT_CREATE, Failure};

use crate::tools::TOOLS;

/// Make the names of the tools, as links to this program
///
/// The links are relative. A link to this program is made again. Any other file stays, and then no link
/// is made at all.
#[derive(Args, Debug)]
pub(crate) struct Links {
    /// The folder of the links, such as /usr/bin
    dir: PathBuf,
}

impl Links {
    pub(crate) fn act(&self) -> Result<(), Failure> {
        self.make()
            .map_err(|error| Failure::new(CANNOT_CREATE, error))
    }

    fn make(&self) -> io::Result<()> {
        let fault = |error| io::Error::other(format!("{}: {error}", self.dir.display()));
        let program = env::current_exe()?.canonicalize()?;
        let folder = self.dir.canonicalize().map_err(fault)?;
        let target = relative(&folder, &program);
        let links = TOOLS.each_ref().map(|tool| Link {
            path: self.dir.join(tool.name),
            target: &target,
            program: &program,
        });
        let foreign: Vec<String> = links.iter().filter_map(Link::in_the_way).collect();
        if !foreign.is_empty() {
            return Err(io::Error::other(foreign.join("\n")));
        }
        for link in &links {
            link.make().map_err(|error| {
                io::Error::other(format!("{}: cannot be made: {error}", link.path.display()))
            })?;
            writeln!(io::stdout(), "{}", link.path.display())?;
        }
        Ok(())
    }
}

/// One link, made or to be made.
struct Link<'a> {
    path: PathBuf,
    /// Its text.
    target: &'a Path,
    /// The file at its end.
    program: &'a Path,
}

/// What is at the path of a link.
#[derive(PartialEq)]
enum Found {
    Nothing,
    /// A link to the program, whatever its text.
    Ours,
    Foreign,
}

impl Link<'_> {
    fn found(&self) -> Found {
        match self.path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Found::Nothing,
            Ok(there) if there.is_symlink() && self.leads_to_program() => Found::Ours,
            _ => Found::Foreign,
        }
    }

    fn leads_to_program(&self) -> bool {
        let end = self.path.canonicalize();
        end.is_ok_and(|end| end == self.program)
    }

    fn in_the_way(&self) -> Option<String> {
        (self.found() == Found::Foreign).then(|| {
            format!(
                "{}: is not a link to {}: move it away, then try again",
                self.path.display(),
                self.program.display()
            )
        })
    }

    /// Makes the link beside the old one, then renames it: the name is never missing, and no other file is replaced.
    fn make(&self) -> io::Result<()> {
        match symlink(self.target, &self.path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made,
        }
        if self.found() != Found::Ours {
            return Err(ErrorKind::AlreadyExists.into());
        }
        if fs::read_link(&self.path)? == self.target {
            return Ok(());
        }
        let mut beside = self.path.clone().into_os_string();
        beside.push(format!(".{}", std::process::id()));
        symlink(self.target, &beside)?;
        fs::rename(&beside, &self.path)
    }
}

/// The way from a folder to a file, both absolute.
fn relative(folder: &Path, file: &Path) -> PathBuf {
    let shared = folder
        .components()
        .zip(file.components())
        .take_while(|(of_folder, of_file)| of_folder == of_file)
        .count();
    let up = folder
        .components()
        .skip(shared)
        .map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_program() {
        let way = |folder: &str, file: &str| relative(Path::new(folder), Path::new(file));
        assert_eq!(way("/usr/bin", "/usr/bin/ca"), Path::new("ca"));
        assert_eq!(
            way("/usr/local/bin", "/opt/ca"),
            Path::new("../../../opt/ca")
        );
        assert_eq!(way("/srv/a/b", "/srv/a/c/ca"), Path::new("../c/ca"));
        assert_eq!(way("/", "/ca"), Path::new("ca"));
    }
}
