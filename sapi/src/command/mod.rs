//! The subcommands of a shell binary.

mod args;
mod demo;
mod exit_code;
mod explain;
mod explain_json;
mod input;
pub(crate) mod print_config;
mod sign;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use sapi_tools::{Page, Shell, manuals};

use self::args::{Common, SettingsArgs};
use crate::identity::passphrase::hardening;
use crate::server::error::StartFault;
use crate::server::process::log;
use crate::server::{App, start};
use crate::settings::checked::Settings;

/// Signs certificate requests by the policy compiled into this program.
#[derive(Parser)]
#[command(after_help = EXAMPLE)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "Example: serve with the settings of a file, the passphrase from another:\n  \
    serve --config /etc/sapi/sapi.toml --passphrase-file /run/secrets/ca-passphrase";

#[derive(Subcommand)]
enum Command {
    /// Serve PUT /api/csr/<client>
    Serve(Serve),
    /// Try everything with a throw-away identity; needs no preparation
    Demo(demo::Demo),
    /// Sign one request through the hooks, without a socket
    Sign(sign::Sign),
    /// Rehearse one request without the CA's key, and show every stop of the road
    Explain(explain::Explain),
    /// Print the merged settings and where each comes from
    ///
    /// Hook tables are printed unchecked; `explain` and `serve` check them.
    Config {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Print shell completions
    Completions {
        /// The shell to complete for
        shell: Shell,
    },
    /// Write man pages
    Man {
        /// The folder to write them into; without it, the main page goes to standard output
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    common: Common,
    /// Serve even as root (sets allow_root)
    #[arg(long)]
    allow_root: bool,
}

impl App {
    /// Runs the command line. This is the last line of a shell binary's `main`.
    ///
    /// An error is one sentence on standard error; the exit code follows sysexits.
    ///
    /// ```no_run
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// fn main() -> std::process::ExitCode {
    ///     sapi::App::new().hook(Members).run()
    /// }
    /// ```
    #[must_use]
    #[doc(alias = "ca_start_dev")]
    #[doc(alias = "ca_start_gunicorn_dev")]
    #[doc(alias = "ca_start_gunicorn_prod")]
    #[doc(alias = "ca_sign_certificate")]
    pub fn run(self) -> ExitCode {
        // Before anything else: no core, no debugger, no passphrase in the environment block.
        if let Err(error) = hardening::before_secrets() {
            eprintln!("error: {error}");
            return ExitCode::from(71);
        }
        let command = command_line();
        let parsed = command.clone().get_matches();
        let cli = match Cli::from_arg_matches(&parsed) {
            Ok(cli) => cli,
            Err(error) => error.exit(),
        };
        match self.dispatch(cli.command, command) {
            Ok(code) => code,
            // The reader of our output has read enough, as `head` does.
            Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(error.exit_code())
            }
        }
    }

    fn dispatch(self, command: Command, definition: clap::Command) -> Result<ExitCode, StartFault> {
        match command {
            Command::Serve(serve) => self.serve_from(&serve),
            Command::Demo(demo) => demo.run(&self),
            Command::Sign(sign) => sign.run(&self),
            Command::Explain(explain) => explain.run(&self),
            Command::Config { settings } => print_config::run(&settings.read()?),
            Command::Completions { shell } => {
                Page::Completions(shell).print(definition)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Man { dir: Some(dir) } => {
                let fault = |error| StartFault::Output(format!("{}: {error}", dir.display()));
                std::fs::create_dir_all(&dir).map_err(fault)?;
                manuals(definition, &dir).map_err(fault)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Man { dir: None } => {
                Page::Manual.print(definition)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn serve_from(&self, serve: &Serve) -> Result<ExitCode, StartFault> {
        let root = serve.allow_root.then(|| ("allow_root", "true".into()));
        let sources = serve.common.settings.read_with(root)?;
        let settings = Settings::check(&sources)?;
        log::start(settings.log_format, &settings.log_filter)?;
        let passphrase = serve.common.passphrase.sources();
        let serving = start::serve(self.makers(), &sources, settings, &passphrase);
        actix_web::rt::System::new().block_on(serving)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn is_closed_pipe(error: &StartFault) -> bool {
    let error = match error {
        StartFault::System(error) => Some(error),
        StartFault::Hooks(error) => error.downcast_ref::<std::io::Error>(),
        _ => None,
    };
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// The definition of the command line, with the name that the program was called by.
fn command_line() -> clap::Command {
    let called = std::env::args_os().next().map(PathBuf::from);
    let name = called
        .as_deref()
        .and_then(|path| path.file_name())
        .and_then(|name| name.to_str())
        .unwrap_or("sapi")
        .to_owned();
    let version = format!(
        "(sapi {}, {})",
        env!("CARGO_PKG_VERSION"),
        openssl::version::version()
    );
    Cli::command()
        .name(name.clone())
        .bin_name(name)
        .version(version)
}
