//! Inherited descriptors: files that the parent process left open for us.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, RawFd};

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

/// Opens descriptor `fd` of this process again, close-on-exec.
///
/// Taking ownership of a bare number would need `unsafe`; opening it again does not. `/proc` can do it
/// nearly always. It cannot reopen a socket, or a file that a user with more rights opened. For these we ask
/// the kernel for a duplicate. `/proc` comes first, because many system call filters kill the caller of
/// `pidfd_getfd`.
pub(crate) fn reopen(fd: RawFd) -> io::Result<File> {
    if fd == 0 {
        return Ok(io::stdin().as_fd().try_clone_to_owned()?.into());
    }
    match File::open(format!("/proc/self/fd/{fd}")) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => {
            let myself = pidfd_open(getpid(), PidfdFlags::empty())?;
            Ok(pidfd_getfd(myself, fd, PidfdGetfdFlags::empty())?.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn pipes_and_sockets_are_reopened() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        File::from(writer).write_all(b"secret").unwrap();
        let mut read = String::new();
        reopen(reader.as_raw_fd())
            .unwrap()
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, "secret");

        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(b"secret").unwrap();
        drop(theirs);
        let mut read = String::new();
        reopen(ours.as_raw_fd())
            .unwrap()
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, "secret");
    }

    #[test]
    fn closed_descriptor_is_an_error() {
        assert!(reopen(987_654).is_err());
    }
}
