//! What the command-line programs of sapi share: reading the command line, ending with a message and an exit code,
//! and printing man pages and completions from the clap definitions.
//!
//! A program is a clap definition and a function:
//!
//! ```
//! use clap::{CommandFactory, Parser};
//! use sapi_tools::exit::{self, Failure};
//! use sapi_tools::{Generate, parse};
//!
//! /// Greets.
//! #[derive(Parser)]
//! #[command(name = "greet")]
//! struct Greet {
//!     #[arg(long)]
//!     name: Option<String>,
//!     #[command(flatten)]
//!     generate: Generate,
//! }
//!
//! fn run(arguments: &[&str]) -> u8 {
//!     let greet: Greet = match parse(Greet::command(), arguments, exit::USAGE) {
//!         Ok(greet) => greet,
//!         Err(code) => return code,
//!     };
//!     if let Some(page) = greet.generate.page() {
//!         let printed = page.print(Greet::command());
//!         return exit::conclude("", printed.map_err(|error| Failure::new(exit::SYSTEM, error)));
//!     }
//!     let greeted = greet.name.ok_or_else(|| Failure::new(exit::USAGE, "whom? Give --name"));
//!     exit::conclude("", greeted.map(drop))
//! }
//!
//! assert_eq!(run(&["greet", "--name", "web01"]), 0);
//! assert_eq!(run(&["greet"]), 64);
//! assert_eq!(run(&["greet", "--dance"]), 64);
//! ```

pub mod exit;
mod generate;
mod parse;

pub use clap_complete::Shell;
pub use generate::{Generate, Page, manuals};
pub use parse::{parse, version};
