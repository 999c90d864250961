//! `Boot`: the settings that a hook is made from.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;

use crate::hooks::BoxError;
use crate::settings::error::SettingsError;
use crate::settings::sources::Sources;

/// Gives hooks their own tables of the settings while they are made.
///
/// ```
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Settings { file: String }
///
/// struct Members(Settings);
/// impl sapi::SigningHooks for Members {}
///
/// // [hooks.members]
/// // file = "/etc/sapi/members.toml"
/// let app = sapi::App::new().hook_with(|boot| Ok(Members(boot.settings("members")?)));
/// ```
#[derive(Debug)]
pub struct Boot {
    sources: Sources,
    rehearsal: bool,
    /// The tables that hooks have asked for.
    asked: Mutex<BTreeSet<String>>,
}

impl Boot {
    pub(crate) fn new(sources: Sources, rehearsal: bool) -> Self {
        Self {
            sources,
            rehearsal,
            asked: Mutex::default(),
        }
    }

    /// Whether these hooks are made for a rehearsal (`explain`). A rehearsal may run as another user than the
    /// service. So a hook must not open files for writing or take locks then.
    ///
    /// ```
    /// # struct Journal;
    /// # impl Journal {
    /// #     fn open(file: String) -> Result<Self, sapi::BoxError> { Ok(Self) }
    /// #     fn closed() -> Self { Self }
    /// # }
    /// # impl sapi::SigningHooks for Journal {}
    /// let app = sapi::App::new().hook_with(|boot| match boot.rehearsal() {
    ///     true => Ok(Journal::closed()),
    ///     false => Journal::open(boot.settings("journal")?),
    /// });
    /// ```
    #[must_use]
    pub fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Reads the table `[hooks.<name>]` of the settings.
    ///
    /// # Errors
    ///
    /// When the table is missing, or does not fit the type. The error names the table and the key.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) -> Result<(), sapi::BoxError> {
    /// let settings: std::collections::HashMap<String, String> = boot.settings("members")?;
    /// # Ok(()) }
    /// ```
    pub fn settings<T: DeserializeOwned>(&self, name: &str) -> Result<T, BoxError> {
        let missing = || format!("the settings have no table [hooks.{name}]").into();
        self.settings_if_present(name)?.ok_or_else(missing)
    }

    /// Reads the same table, or returns `None` without one. Its table can so switch a hook on.
    ///
    /// # Errors
    ///
    /// When the table does not fit the type. The error names the table and the key.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) -> Result<(), sapi::BoxError> {
    /// # #[derive(serde::Deserialize)] struct Settings { file: String }
    /// # struct Members;
    /// # impl Members { fn open(settings: &Settings) -> Result<Self, sapi::BoxError> { Ok(Self) } }
    /// let settings: Option<Settings> = boot.settings_if_present("members")?;
    /// let members = settings.as_ref().map(Members::open).transpose()?;
    /// # Ok(()) }
    /// ```
    pub fn settings_if_present<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, BoxError> {
        self.note(name);
        Ok(self.sources.hook(name)?)
    }

    /// Whether the settings have a table `[hooks.<name>]`.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) { let wanted = boot.has_settings("journal"); }
    /// ```
    #[must_use]
    pub fn has_settings(&self, name: &str) -> bool {
        self.note(name);
        self.sources.has_hook(name)
    }

    fn note(&self, name: &str) {
        let table = name.split('.').next().unwrap_or(name);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(table.to_owned());
    }

    /// Returns a hint if a hook did not find its table, and an unread table has a similar name.
    pub(crate) fn misspelt(&self) -> Option<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.sources.hook_tables();
        let missing = asked.iter().filter(|name| !present.contains(*name));
        let pairs = missing.flat_map(|name| present.iter().map(move |table| (name, table)));
        let mut unread = pairs.filter(|(_, table)| !asked.contains(*table));
        let (name, table) = unread.find(|(name, table)| strsim::jaro_winkler(name, table) > 0.8)?;
        let origin = self.sources.origin_within(&format!("hooks.{table}"));
        Some(format!(
            "[hooks.{table}] in {}: did you mean [hooks.{name}]?",
            origin.unwrap_or_default()
        ))
    }

    /// Refuses a table that no hook has asked for. It is a slip of the pen, and its hook would run on other
    /// settings than the operator believes.
    pub(crate) fn refuse_unread(&self) -> Result<(), SettingsError> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |table: &String| asked.iter().any(|name| name.eq_ignore_ascii_case(table));
        let Some(table) = self.sources.hook_tables().into_iter().find(|t| !known(t)) else {
            return Ok(());
        };
        let tables: Vec<_> = asked.iter().map(|name| format!("[hooks.{name}]")).collect();
        let read = match tables.is_empty() {
            true => "they read no table at all".to_owned(),
            false => format!("they read {}", tables.join(", ")),
        };
        let key = format!("hooks.{table}");
        Err(SettingsError::of(
            key.as_str(),
            format!("no hook of this program reads this table; {read}"),
        )
        .from(self.sources.origin_within(&key)))
    }
}
