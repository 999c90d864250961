//! The embedded template, and how its placeholders are filled in.

use std::fs;
use std::io;
use std::path::Path;

use crate::name::Name;
use crate::source::Source;

/// Writes every file of the template into a new folder.
pub(crate) fn write(folder: &Path, name: &Name, source: &Source) -> io::Result<()> {
    let named = |path: &Path, error: io::Error| {
        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    };
    fs::create_dir(folder).map_err(|error| named(folder, error))?;
    for (file, text) in FILES {
        let path = folder.join(file);
        let text = filled_in(text, name, source);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| named(parent, error))?;
        fs::write(&path, text).map_err(|error| named(&path, error))?;
    }
    Ok(())
}

/// Fills in the placeholders as `cargo generate` would.
fn filled_in(text: &str, name: &Name, source: &Source) -> String {
    text.replace("{{project-name}}", name.as_str())
        .replace("{{sapi}}", &source.to_string())
}

macro_rules! files {
    ($($to:literal from $from:literal,)*) => {
        &[$(($to, include_str!(concat!("../../template/", $from)))),*]
    };
}

/// The files of the template, except the one that only `cargo generate` needs.
const FILES: &[(&str, &str)] = files![
    ".gitignore" from ".gitignore",
    "Cargo.toml" from "Cargo.toml.liquid",
    "README.md" from "README.md",
    "debian/postinst" from "debian/postinst",
    "debian/postrm" from "debian/postrm",
    "debian/prerm" from "debian/prerm",
    "sapi.dev.toml" from "sapi.dev.toml",
    "sapi.toml" from "sapi.toml",
    "src/main.rs" from "src/main.rs",
    "src/policy.rs" from "src/policy.rs",
    "systemd/sapi.service" from "systemd/sapi.service",
    "systemd/sapi.socket" from "systemd/sapi.socket",
    "systemd/sysusers.conf" from "systemd/sysusers.conf",
    "systemd/tmpfiles.conf" from "systemd/tmpfiles.conf",
];

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => found.extend(files_below(&path)),
                false => found.push(path),
            }
        }
        found
    }

    #[test]
    fn every_file_of_the_template_is_embedded_and_none_is_left_unfilled() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("my-ca");
        write(&folder, &"my-ca".parse().unwrap(), &Source::Registry).unwrap();
        let template = root().join("template");
        for path in files_below(&template) {
            let name = path.strip_prefix(&template).unwrap();
            if name == Path::new("cargo-generate.toml") {
                continue;
            }
            let made = name.with_extension(match name.extension() {
                Some(ending) if ending != "liquid" => ending.to_str().unwrap(),
                _ => "",
            });
            let text = fs::read_to_string(folder.join(&made))
                .unwrap_or_else(|error| panic!("{}: {error}", made.display()));
            assert!(
                !text.contains("{{") && !text.contains("}}"),
                "{}",
                made.display()
            );
        }
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("my-ca"));
        assert_eq!(
            manifest["dependencies"]["sapi"]["version"].as_str(),
            Some(env!("CARGO_PKG_VERSION"))
        );
    }

    #[test]
    fn a_folder_that_is_there_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("my-ca");
        fs::create_dir(&folder).unwrap();
        let error = write(&folder, &"my-ca".parse().unwrap(), &Source::Registry).unwrap_err();
        assert!(
            error.to_string().contains("my-ca: ")
                && fs::read_dir(&folder).unwrap().next().is_none()
        );
    }

    /// The package files of the template and of the repository differ only in the shell's name.
    #[test]
    fn what_is_deployed_is_what_the_example_deploys() {
        for (ours, theirs) in [
            ("debian/postinst", "debian/postinst"),
            ("debian/prerm", "debian/prerm"),
            ("debian/postrm", "debian/postrm"),
            ("systemd/sapi.service", "systemd/sapi.service"),
            ("systemd/sapi.socket", "systemd/sapi.socket"),
            ("systemd/sysusers.conf", "sysusers.d/sapi.conf"),
            ("systemd/tmpfiles.conf", "tmpfiles.d/sapi.conf"),
        ] {
            let read = |path: PathBuf| fs::read_to_string(&path).unwrap();
            let template = read(root().join("template").join(ours));
            let deployed = read(root().join("deploy").join(theirs));
            assert_eq!(
                template.replace("{{project-name}}", "sapi-hooks-example"),
                deployed,
                "{ours}"
            );
        }
    }
}
