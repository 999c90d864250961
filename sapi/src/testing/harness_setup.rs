//! What a harness is set up with before the first request.

use std::time::{Duration, SystemTime};

use super::{Authority, Clock, Harness};
use crate::certificate::Profile;
use crate::request::Peer;

impl Harness {
    /// Uses this CA instead of a new one.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use sapi::testing::{Authority, Harness, TestKey};
    /// let harness = Harness::new(Members).authority(Authority::new().with_key(TestKey::p384()));
    /// ```
    #[must_use]
    pub fn authority(mut self, authority: Authority) -> Self {
        self.authority = authority;
        self.assembled()
    }

    /// Uses this profile, the operator's part of a certificate.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use sapi::{Profile, Validity, testing::Harness};
    /// let profile = Profile::default().with_max_validity(Validity::days(1));
    /// let harness = Harness::new(Members).profile(profile);
    /// ```
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self.assembled()
    }

    /// Sets the time limit of each call of a hook. The default is ten seconds.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use std::time::Duration;
    /// let harness = sapi::testing::Harness::new(Members).time_limit(Duration::from_millis(50));
    /// ```
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self.assembled()
    }

    /// Stops the clock: every request arrives at this time.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use std::time::{Duration, SystemTime};
    /// let eclipse = SystemTime::UNIX_EPOCH + Duration::from_secs(1_786_557_600);
    /// let harness = sapi::testing::Harness::new(Members).at(eclipse);
    /// ```
    #[must_use]
    pub fn at(self, time: SystemTime) -> Self {
        self.clock(&Clock::at(time))
    }

    /// Takes the time from a clock that the test sets.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use std::time::{Duration, SystemTime};
    /// use sapi::testing::{Clock, Harness};
    ///
    /// let clock = Clock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    /// let harness = Harness::new(Members).clock(&clock);
    /// clock.advance(Duration::from_secs(86_400)); // the next request arrives a day later
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = Some(clock.clone());
        self.assembled()
    }

    /// Only rehearses, as `explain` does: a throw-away key signs, `postsign` does not run, and
    /// [`SigningContext::rehearsal`](crate::SigningContext::rehearsal) says so.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let harness = sapi::testing::Harness::new(Members).rehearsing();
    /// ```
    #[must_use]
    pub fn rehearsing(mut self) -> Self {
        self.rehearsal = true;
        self.assembled()
    }

    /// Sets the peer: an address, a client certificate. The default is a local peer.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use sapi::{Peer, testing::Harness};
    /// let harness = Harness::new(Members).peer(Peer::at("192.0.2.7".parse().unwrap()));
    /// ```
    #[must_use]
    pub fn peer(mut self, peer: Peer) -> Self {
        self.peer = peer;
        self
    }
}
