//! The app: a signing service, made from settings and hooks.

use std::fmt;

use super::boot::Boot;
use super::error::{StartError, StartFault};
use super::makers::Makers;
use super::start;
use crate::hooks::{BoxError, IntoHooks};
use crate::identity::PassphraseSources;
use crate::settings::checked::Settings;
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
    makers: Makers,
}

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
    pub fn hook(mut self, hooks: impl IntoHooks) -> Self {
        let hooks = hooks.into_hooks();
        self.makers.add(move |_| Ok(hooks.clone()));
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
    pub fn hook_with<H: IntoHooks>(
        mut self,
        make: impl Fn(&Boot) -> Result<H, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.makers.add(move |boot| Ok(make(boot)?.into_hooks()));
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
        let sources = Sources::read(None, &[]).map_err(StartFault::from)?;
        let settings = Settings::check(&sources).map_err(StartFault::from)?;
        let passphrase = PassphraseSources::default();
        Ok(start::serve(&self.makers, &sources, settings, &passphrase).await?)
    }

    pub(crate) fn makers(&self) -> &Makers {
        &self.makers
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("hooks", &self.makers.len())
            .finish()
    }
}
