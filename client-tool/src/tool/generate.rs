//! Completions and the man page from the clap definitions, for packagers.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::Shell;

/// Hidden options that print a file of the package.
#[derive(Args, Clone, Debug)]
pub(crate) struct Generate {
    /// Print the completions for a shell
    #[arg(long, hide = true, value_name = "SHELL", exclusive = true)]
    generate_completion: Option<Shell>,

    /// Print the man page
    #[arg(long, hide = true, exclusive = true)]
    generate_man: bool,
}

impl Generate {
    pub(crate) fn wanted(&self) -> bool {
        self.generate_completion.is_some() || self.generate_man
    }

    pub(crate) fn print(&self, mut command: Command) -> io::Result<()> {
        let mut page = Vec::new();
        if let Some(shell) = self.generate_completion {
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut page);
        } else {
            clap_mangen::Man::new(command).render(&mut page)?;
        }
        io::stdout().write_all(&page)
    }
}
