//! The app: a signing service, made from settings and hooks.

use std::fmt;
use std::sync::Arc;

use super::boot::Boot;
use super::start::{self, StartError};
use crate::hooks::{BoxError, Chain, SigningHooks};
use crate::identity::PassphraseSources;
use crate::settings::sources::Sources;

/// A signing service: its hooks, and the settings of the machine it runs on.
///
/// ```no_run
/// struct Members;
/// impl sapi::SigningHooks for Members {}
///
/// fn main() -> std::process::ExitCode {
///     sapi::App::new().hook(Members).run()
/// }
/// ```
#[derive(Default)]
#[must_use]
pub struct App {
    makers: Vec<Maker>,
}

/// Makes hooks and adds them to the chain. It takes a chain of hooks apart, so that each hook has its own time.
type Maker = Box<dyn Fn(&Boot, Chain) -> Result<Chain, BoxError> + Send + Sync>;

impl App {
    /// A service without hooks. It does not start until a hook is added.
    ///
    /// ```
    /// let app = sapi::App::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds hooks. They are asked in the order in which they are added.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let app = sapi::App::new().hook(Members);
    /// ```
    pub fn hook(mut self, hooks: impl SigningHooks) -> Self {
        let shared = Arc::new(hooks);
        self.makers.push(Box::new(
            move |_, chain| Ok(chain.then(Arc::clone(&shared))),
        ));
        self
    }

    /// Adds hooks that are made from the settings, after these are read.
    ///
    /// ```
    /// # struct Members;
    /// # impl Members { fn open(file: String) -> Result<Self, sapi::BoxError> { Ok(Self) } }
    /// # impl sapi::SigningHooks for Members {}
    /// let app = sapi::App::new().hook_with(|boot| Members::open(boot.settings("members")?));
    /// ```
    pub fn hook_with<H: SigningHooks>(
        mut self,
        make: impl Fn(&Boot) -> Result<H, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.makers
            .push(Box::new(move |boot, chain| Ok(chain.then(make(boot)?))));
        self
    }

    /// Serves until SIGTERM or SIGINT, with the settings of `/etc/sapi/sapi.toml` and the environment.
    /// Await it on an actix runtime (`actix_web::rt::System`).
    ///
    /// # Errors
    ///
    /// [`StartError`] says what kept the service from starting.
    ///
    /// ```no_run
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// # async fn f() -> Result<(), sapi::StartError> {
    /// sapi::App::new().hook(Members).serve().await
    /// # }
    /// ```
    #[doc(alias = "ca_start_dev")]
    #[doc(alias = "ca_start_gunicorn_dev")]
    #[doc(alias = "ca_start_gunicorn_prod")]
    pub async fn serve(self) -> Result<(), StartError> {
        let sources = Sources::read(None, &[])?;
        start::serve(&self, &sources, &PassphraseSources::default()).await
    }

    /// Makes the hooks from the settings.
    pub(crate) fn make_hooks(&self, sources: &Sources) -> Result<Chain, StartError> {
        self.make(&Boot::new(sources.clone(), false))
    }

    /// Like [`make_hooks`](Self::make_hooks), for a rehearsal.
    pub(crate) fn rehearsing_hooks(&self, sources: &Sources) -> Result<Chain, StartError> {
        self.make(&Boot::new(sources.clone(), true))
    }

    fn make(&self, boot: &Boot) -> Result<Chain, StartError> {
        let mut chain = Chain::new();
        for make in &self.makers {
            chain = make(boot, chain).map_err(|error| match boot.misspelt() {
                Some(hint) => StartError::Hooks(format!("{error}; {hint}").into()),
                None => StartError::Hooks(error),
            })?;
        }
        if chain.is_empty() {
            return Err(StartError::NoHooks);
        }
        boot.refuse_unread()?;
        Ok(chain)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("hooks", &self.makers.len())
            .finish()
    }
}
