//! The public socket: taken over from systemd, or bound without harm to what is already there.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use nix::unistd::Group;

use crate::settings::checked::Settings;
use crate::settings::values::Listen;

/// An open socket.
pub(crate) enum Listener {
    Unix(UnixListener, Option<SocketFile>),
    Tcp(TcpListener, Origin),
}

/// Where a socket comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Bound,
    /// Passed by the process that started us. It stays open after we end.
    Passed,
}

impl Listener {
    /// Takes the socket that systemd opened (`LISTEN_FDS`), or binds the one that the settings name.
    pub(crate) fn open(settings: &Settings) -> Result<Self, ListenError> {
        if let Some(taken) = from_systemd()? {
            return Ok(taken);
        }
        let group = settings.socket_group.as_deref();
        Self::bind(&settings.listen, settings.socket_mode, group)
    }

    /// Binds a socket; `mode` and `group` are for a unix socket's file.
    pub(crate) fn bind(
        listen: &Listen,
        mode: u32,
        group: Option<&str>,
    ) -> Result<Self, ListenError> {
        match listen {
            Listen::Unix(path) => {
                let (listener, file) = bind_unix(path, mode, group)?;
                Ok(Self::Unix(listener, Some(file)))
            }
            Listen::Tcp(address) => bind_tcp(*address),
        }
    }

    /// Whether another process has it open too, and goes on listening after we end.
    pub(crate) fn is_inherited(&self) -> bool {
        matches!(self, Self::Unix(_, None) | Self::Tcp(_, Origin::Passed))
    }

    /// How a person would name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Unix(_, Some(file)) => format!("unix:{}", file.path.display()),
            Self::Unix(_, None) => "unix socket from systemd".into(),
            Self::Tcp(listener, _) => match listener.local_addr() {
                Ok(address) => format!("http://{address}"),
                Err(_) => "tcp".into(),
            },
        }
    }
}

/// The file of a socket that we bound. Dropping it unlinks the file, unless another has taken its place.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    inode: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == self.inode);
        if ours {
            // If the file stays, the next start replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Why the socket cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ListenError(pub(crate) String);

fn from_systemd() -> Result<Option<Listener>, ListenError> {
    let mut passed = ListenFd::from_env();
    if passed.len() == 0 {
        return Ok(None);
    }
    if let Ok(Some(listener)) = passed.take_unix_listener(0) {
        nonblocking(listener.set_nonblocking(true), "the socket from systemd")?;
        return Ok(Some(Listener::Unix(listener, None)));
    }
    match passed.take_tcp_listener(0) {
        Ok(Some(listener)) => {
            nonblocking(listener.set_nonblocking(true), "the socket from systemd")?;
            Ok(Some(Listener::Tcp(listener, Origin::Passed)))
        }
        _ => Err(ListenError(
            "the socket from systemd is neither a unix nor a TCP stream socket".into(),
        )),
    }
}

fn bind_tcp(address: SocketAddr) -> Result<Listener, ListenError> {
    if !address.ip().is_loopback() {
        tracing::warn!(
            "listen: {address} can be reached from outside without TLS; put nginx in front and listen on a unix socket"
        );
    }
    let name = address.to_string();
    let listener =
        TcpListener::bind(address).map_err(|error| failed(&name, "cannot be bound", &error))?;
    nonblocking(listener.set_nonblocking(true), &name)?;
    Ok(Listener::Tcp(listener, Origin::Bound))
}

/// Binds under another name in the same folder, sets mode and group, and only then moves the socket into
/// place. So nobody ever meets it with other rights, and a running instance keeps its own. If two start at
/// once, the lock on the folder lets one go first; the other then finds its socket alive.
fn bind_unix(
    path: &Path,
    mode: u32,
    group: Option<&str>,
) -> Result<(UnixListener, SocketFile), ListenError> {
    let name = path.display().to_string();
    let group = group.map(group_id).transpose()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let lock = File::open(folder)
        .and_then(|opened| opened.lock().map(|()| opened))
        .map_err(|error| failed(&folder.display().to_string(), "cannot be locked", &error))?;
    make_way(path, &name)?;
    let beside = folder.join(BESIDE);
    clear(&beside)?;
    let listener =
        UnixListener::bind(&beside).map_err(|error| failed(&name, "cannot be bound", &error))?;
    let placed = place(&beside, path, mode, group);
    if placed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    let inode = placed.map_err(|error| failed(&name, "cannot be put in place", &error))?;
    drop(lock);
    nonblocking(listener.set_nonblocking(true), &name)?;
    let file = SocketFile {
        path: path.to_path_buf(),
        inode,
    };
    Ok((listener, file))
}

/// Removes the socket that a process left when it was killed inside [`bind_unix`]. While we have the lock,
/// nobody else uses this name.
fn clear(beside: &Path) -> Result<(), ListenError> {
    match fs::symlink_metadata(beside) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(beside)
            .map_err(|error| failed(&beside.display().to_string(), "cannot be removed", &error)),
        Ok(_) => Err(ListenError(format!(
            "{}: is in the way and is not a socket; it is not touched: move it away",
            beside.display()
        ))),
        Err(_) => Ok(()),
    }
}

fn place(beside: &Path, path: &Path, mode: u32, group: Option<u32>) -> io::Result<(u64, u64)> {
    fs::set_permissions(beside, fs::Permissions::from_mode(mode))?;
    if group.is_some() {
        chown(beside, None, group)?;
    }
    let found = fs::symlink_metadata(beside)?;
    fs::rename(beside, path)?;
    Ok((found.dev(), found.ino()))
}

/// Refuses a file that is not a socket, and a socket on which another process answers.
fn make_way(path: &Path, name: &str) -> Result<(), ListenError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(name, "cannot be looked at", &error)),
        Ok(found) if !found.file_type().is_socket() => Err(ListenError(format!(
            "{name}: is there already and is not a socket; it is not touched: move it away or set another path in listen"
        ))),
        Ok(_) => match UnixStream::connect(path) {
            Ok(_) => Err(ListenError(format!(
                "{name}: another instance is listening on it; stop that one first"
            ))),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => Err(failed(name, "cannot be tried", &error)),
        },
    }
}

fn group_id(name: &str) -> Result<u32, ListenError> {
    match Group::from_name(name) {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        _ => Err(ListenError(format!(
            "socket.group: the group {name:?} does not exist"
        ))),
    }
}

fn nonblocking(result: io::Result<()>, name: &str) -> Result<(), ListenError> {
    result.map_err(|error| failed(name, "cannot be used", &error))
}

/// The name of a socket until it has its mode. It is short, because the system takes 107 bytes at most.
const BESIDE: &str = ".sapi.new";

fn failed(name: &str, what: &str, error: &io::Error) -> ListenError {
    ListenError(format!("{name}: {what}: {error}"))
}
