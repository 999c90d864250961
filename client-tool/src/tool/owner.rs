//! The owner of a file.

use std::fs::File;
use std::io;
use std::os::unix::fs::fchown;

use nix::unistd::{Group, User};

/// A user, a group, both, or neither. What is missing is the process's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: Option<u32>,
    pub(crate) group: Option<u32>,
}

impl Owner {
    /// Reads `USER`, `USER:GROUP` or `:GROUP`, as names or numbers.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        if user.is_empty() && group.is_empty() {
            return Err(format!(
                "{text:?} names nobody: write USER, USER:GROUP or :GROUP"
            ));
        }
        Ok(Self {
            user: id("user", user, |name| {
                Ok(User::from_name(name)?.map(|user| user.uid.as_raw()))
            })?,
            group: id("group", group, |name| {
                Ok(Group::from_name(name)?.map(|group| group.gid.as_raw()))
            })?,
        })
    }

    pub(crate) fn give(self, file: &File) -> io::Result<()> {
        if self == Self::default() {
            return Ok(());
        }
        fchown(file, self.user, self.group)
    }
}

fn id(
    what: &str,
    name: &str,
    look_up: impl Fn(&str) -> io::Result<Option<u32>>,
) -> Result<Option<u32>, String> {
    if name.is_empty() {
        return Ok(None);
    }
    if let Ok(number) = name.parse() {
        return Ok(Some(number));
    }
    match look_up(name) {
        Ok(Some(number)) => Ok(Some(number)),
        Ok(None) => Err(format!("there is no {what} {name:?}")),
        Err(error) => Err(format!("{what} {name:?} cannot be looked up: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        let of = |user, group| Ok(Owner { user, group });
        assert_eq!(Owner::read("root"), of(Some(0), None));
        assert_eq!(Owner::read("12:root"), of(Some(12), Some(0)));
        assert_eq!(Owner::read(":34"), of(None, Some(34)));
        for wrong in ["", ":", "no-such-user", "root:no-such-group"] {
            assert!(Owner::read(wrong).is_err(), "{wrong}");
        }
    }
}
