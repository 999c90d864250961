//! The program around the library: settings, files, a lock, waiting, and what follows a renewal.

mod after;
mod clock;
mod daemon;
mod exit;
mod files;
mod options;
mod owner;
mod probe;
mod roots;
mod round;
mod run;
mod sets;
mod settings;
mod store;

pub(crate) use run::run;
