//! `Names`: which alternative names a policy allows.

#[cfg(test)]
mod tests;

use super::RuleError;
use super::name_rule::NameRule;
use super::uri_pattern::UriPattern;
use crate::hooks::Rejection;
use crate::request::AltName;
use crate::request::network::Network;

/// Which alternative names are allowed. A name is allowed only if a rule allows it; a kind of name without
/// a rule is refused.
///
/// ```
/// use sapi::policy::Names;
///
/// let names = Names::none().dns_under("example.com")?.email_at("example.com")?;
/// assert!(names.check(&["DNS:www.example.com".parse()?]).is_ok());
/// assert!(names.check(&["DNS:www.example.net".parse()?]).is_err());
/// assert!(names.check(&["IP:192.0.2.1".parse()?]).is_err());
/// # Ok::<(), sapi::BoxError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Names {
    rules: Vec<NameRule>,
    wildcards: bool,
}

impl Names {
    /// Starts without rules, so every name is refused.
    ///
    /// ```
    /// use sapi::{AltName, policy::Names};
    /// assert!(Names::none().check(&[]).is_ok());
    /// assert!(Names::none().check(&[AltName::Dns("a.example".into())]).is_err());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Allows this host name.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if `host` is not a host name.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().dns("www.example.com")?;
    /// assert!(names.check(&["DNS:WWW.example.com".parse()?]).is_ok());
    /// assert!(names.check(&["DNS:a.www.example.com".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn dns(self, host: &str) -> Result<Self, RuleError> {
        let host = host_name(host)?;
        Ok(self.with(NameRule::Host(host)))
    }

    /// Allows a domain and everything below it, label by label: `example.com` allows `www.example.com` and
    /// not `badexample.com`.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if `domain` is not a host name.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().dns_under("example.com")?;
    /// assert!(names.check(&["DNS:a.b.example.com".parse()?]).is_ok());
    /// assert!(names.check(&["DNS:badexample.com".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn dns_under(self, domain: &str) -> Result<Self, RuleError> {
        let domain = host_name(domain)?;
        Ok(self.with(NameRule::Under(domain)))
    }

    /// Allows a wildcard (RFC 6125 section 6.4.3, RFC 9525 section 6.3) if a rule
    /// [`dns_under`](Self::dns_under) allows every host that it matches.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().dns_under("example.com")?;
    /// assert!(names.check(&["DNS:*.example.com".parse()?]).is_err());
    /// assert!(names.clone().wildcards().check(&["DNS:*.example.com".parse()?]).is_ok());
    /// assert!(names.wildcards().check(&["DNS:*.com".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn wildcards(mut self) -> Self {
        self.wildcards = true;
        self
    }

    /// Allows the addresses of a network, or one address.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if `network` is neither.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().ip("192.0.2.0/24")?.ip("2001:db8::/32")?;
    /// assert!(names.check(&["IP:192.0.2.7".parse()?]).is_ok());
    /// assert!(names.check(&["IP:198.51.100.1".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn ip(self, network: &str) -> Result<Self, RuleError> {
        let parsed = Network::parse(network)
            .ok_or_else(|| RuleError::new(network, "is not a network such as 192.0.2.0/24"))?;
        Ok(self.with(NameRule::Ip(parsed, network.to_owned())))
    }

    /// Allows all mailboxes at a host, but not at hosts below it.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if `host` is not a host name.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().email_at("example.com")?;
    /// assert!(names.check(&["email:ops@example.com".parse()?]).is_ok());
    /// assert!(names.check(&["email:ops@mail.example.com".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn email_at(self, host: &str) -> Result<Self, RuleError> {
        let host = host_name(host)?;
        Ok(self.with(NameRule::EmailAt(host)))
    }

    /// Allows URIs that match a pattern. `*` matches one whole segment of the path; `**` at the end matches
    /// one or more. A port, user, query or fragment is allowed only if the pattern contains the same.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if `pattern` is not such a pattern.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().uri("spiffe://example.org/ns/*/sa/*")?;
    /// assert!(names.check(&["URI:spiffe://example.org/ns/web/sa/api".parse()?]).is_ok());
    /// assert!(names.check(&["URI:spiffe://example.org/ns/web/sa/../admin".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn uri(self, pattern: &str) -> Result<Self, RuleError> {
        let pattern = UriPattern::parse(pattern)?;
        Ok(self.with(NameRule::Uri(pattern)))
    }

    /// Allows this name alone: a host, an address, a mailbox, a URI, or a wildcard as it is written. A refusal
    /// does not tell the client which names are on the list.
    ///
    /// ```
    /// use sapi::policy::Names;
    /// let names = Names::none().exactly("email:ops@example.com".parse()?).exactly("DNS:*.example.com".parse()?);
    /// assert!(names.check(&["email:ops@example.com".parse()?]).is_ok());
    /// assert!(names.check(&["DNS:*.example.com".parse()?]).is_ok());
    /// assert!(names.check(&["DNS:www.example.com".parse()?]).is_err());
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn exactly(self, name: AltName) -> Self {
        self.with(NameRule::Exactly(name))
    }

    /// Checks that every name is allowed.
    ///
    /// # Errors
    ///
    /// A denial. Its reason tells the client which name breaks which rule.
    ///
    /// ```
    /// # use sapi::{Rejection, SigningContext, policy::Names};
    /// # fn f(names: &Names, cx: &SigningContext) -> Result<(), Rejection> {
    /// names.check(cx.csr().names())?;
    /// # Ok(()) }
    /// ```
    pub fn check(&self, names: &[AltName]) -> Result<(), Rejection> {
        names.iter().try_for_each(|name| self.check_one(name))
    }

    fn check_one(&self, name: &AltName) -> Result<(), Rejection> {
        let denied = |what: String| Err(Rejection::denied(format!("{name}: {what}")));
        // Names may come from outside a request, where the strict reader has not checked them.
        if let Err(error) = name.check() {
            return denied(format!("is not acceptable: {error}"));
        }
        let exactly = |rule: &NameRule| matches!(rule, NameRule::Exactly(_));
        if self
            .rules
            .iter()
            .any(|rule| exactly(rule) && rule.allows(name))
        {
            return Ok(());
        }
        if !self.wildcards && matches!(name, AltName::Dns(host) if host.starts_with("*.")) {
            return denied("wildcards are not allowed".into());
        }
        if self.rules.iter().any(|rule| rule.allows(name)) {
            return Ok(());
        }
        let own = self.rules.iter().filter(|rule| rule.is_about(name));
        let own: Vec<_> = own.map(ToString::to_string).collect();
        match own.is_empty() {
            false => denied(format!("is not allowed; allowed are {}", own.join(", "))),
            true if self.rules.iter().any(exactly) => {
                denied("is not among the allowed names".into())
            }
            true => denied("names of this kind are not allowed".into()),
        }
    }

    fn with(mut self, rule: NameRule) -> Self {
        self.rules.push(rule);
        self
    }
}

/// Checks a host name without a wildcard, and returns it in lower case.
fn host_name(text: &str) -> Result<String, RuleError> {
    let host = AltName::Dns(text.to_ascii_lowercase());
    match host.check() {
        Ok(()) if !text.contains('*') => Ok(host.value()),
        _ => Err(RuleError::new(
            text,
            "is not a host name such as example.com",
        )),
    }
}
