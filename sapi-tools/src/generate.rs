//! Completions and man pages from the clap definitions, for packagers.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use clap::{Args, Command};
use clap_complete::Shell;

/// Hidden options that print a file of the package.
///
/// ```
/// use clap::{CommandFactory, FromArgMatches, Parser};
/// use sapi_tools::{Generate, Page};
///
/// #[derive(Parser)]
/// struct Greet {
///     #[command(flatten)]
///     generate: Generate,
/// }
///
/// assert!(Greet::parse_from(["greet"]).generate.page().is_none());
/// let page = Greet::parse_from(["greet", "--generate-man"]).generate.page();
/// assert_eq!(page, Some(Page::Manual));
/// ```
#[derive(Args, Clone, Debug)]
pub struct Generate {
    /// Print the completions for a shell
    #[arg(long, hide = true, value_name = "SHELL", exclusive = true)]
    generate_completion: Option<Shell>,

    /// Print the man page
    #[arg(long, hide = true, exclusive = true)]
    generate_man: bool,
}

impl Generate {
    /// The page that was asked for, if any.
    ///
    /// ```
    /// # use clap::Parser;
    /// # #[derive(Parser)]
    /// # struct Greet {
    /// #     #[command(flatten)]
    /// #     generate: sapi_tools::Generate,
    /// # }
    /// let greet = Greet::parse_from(["greet", "--generate-completion", "zsh"]);
    /// assert!(greet.generate.page().is_some());
    /// ```
    #[must_use]
    pub fn page(&self) -> Option<Page> {
        let manual = self.generate_man.then_some(Page::Manual);
        self.generate_completion.map(Page::Completions).or(manual)
    }
}

/// A file that a package has of each program.
///
/// ```
/// use sapi_tools::{Page, Shell};
///
/// let text = Page::Completions(Shell::Bash).text(clap::Command::new("greet"))?;
/// assert!(String::from_utf8_lossy(&text).contains("greet"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The completions for a shell.
    Completions(Shell),
    /// The man page.
    Manual,
}

impl Page {
    /// Prints the page. A reader that has read enough, as `head` has, is no error.
    ///
    /// ```
    /// sapi_tools::Page::Manual.print(clap::Command::new("greet"))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn print(self, command: Command) -> io::Result<()> {
        match io::stdout().write_all(&self.text(command)?) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    /// The page as a whole.
    ///
    /// ```
    /// let text = sapi_tools::Page::Manual.text(clap::Command::new("greet"))?;
    /// assert!(String::from_utf8_lossy(&text).contains(".TH greet 1"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the page cannot be rendered.
    pub fn text(self, mut command: Command) -> io::Result<Vec<u8>> {
        // Into memory first: clap_complete panics where standard output has gone away.
        let mut text = Vec::new();
        match self {
            Self::Completions(shell) => {
                let name = command.get_name().to_owned();
                clap_complete::generate(shell, &mut command, name, &mut text);
            }
            Self::Manual => clap_mangen::Man::new(command).render(&mut text)?,
        }
        Ok(text)
    }
}

/// Writes the man pages of a program and of its subcommands into a folder.
///
/// ```
/// let folder = std::env::temp_dir().join(format!("manuals-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let program = clap::Command::new("greet").subcommand(clap::Command::new("twice"));
/// sapi_tools::manuals(program, &folder)?;
/// assert!(folder.join("greet-twice.1").exists());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// When a page cannot be written.
pub fn manuals(command: Command, folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(command, folder)
}
