//! The process: its socket, its end, its messages to the service manager, its log.

pub(crate) mod drain;
pub(crate) mod health;
pub(crate) mod heartbeat;
pub(crate) mod json_lines;
pub(crate) mod listen;
pub(crate) mod log;
pub(crate) mod notify;
pub(crate) mod open_files;
