//! Guessing is slow: how often one network may miss (a wrong link, a wrong password) in a while, and how soon again.
//!
//! Rule: the count is exact for every window of time, and its memory is bounded however many networks try. Handlers that
//! look up secrets ask [`Throttle::check`] first and report [`Throttle::miss`]; the clock is handed in.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::proxy::Network;
use crate::domain::time::Moment;

/// Wrong passwords that cost no waiting.
const FREE_TRIES: usize = 3;
/// 32 s is the longest wait: the window hardly remembers more.
const LONGEST_WAIT_DOUBLINGS: usize = 5;

/// How many misses, in how long, by how many networks.
#[derive(Debug, Clone, Copy)]
pub struct ThrottleSettings {
    /// Misses that one network is allowed in [`Self::window`]: 20.
    pub misses: usize,
    /// The window: 60 s.
    pub window: Duration,
    /// Networks remembered at once: 10,000. With more, the one whose last miss is the oldest is forgotten.
    pub networks: usize,
}

impl Default for ThrottleSettings {
    fn default() -> Self {
        Self {
            misses: 20,
            window: Duration::from_secs(60),
            networks: 10_000,
        }
    }
}

/// The network has missed too often. Answer 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many misses from this network")]
pub struct TooManyMisses {
    /// Whole seconds until one more try is allowed, at least 1: for `Retry-After`.
    pub retry_after_s: u64,
}

impl TooManyMisses {
    /// One sentence for a person.
    #[must_use]
    pub fn for_the_user(&self) -> String {
        let s = self.retry_after_s;
        format!(
            "That was wrong too often from your network. Try again in {s} second{}.",
            if s == 1 { "" } else { "s" }
        )
    }
}

/// Counts misses; shared by all handlers.
#[derive(Debug)]
pub struct Throttle {
    settings: ThrottleSettings,
    missed: Mutex<HashMap<Network, VecDeque<Moment>>>,
}

impl Throttle {
    /// A throttle that nobody has missed at yet.
    #[must_use]
    pub fn new(settings: ThrottleSettings) -> Self {
        Self {
            settings,
            missed: Mutex::default(),
        }
    }

    /// May somebody from this address try now? Ask before looking anything up.
    ///
    /// # Errors
    /// When the address's network has used up its misses.
    pub fn check(&self, address: IpAddr, now: Moment) -> Result<(), TooManyMisses> {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(misses) = missed.get_mut(&Network::of(address)) else {
            return Ok(());
        };
        self.forget_old(misses, now);
        if misses.len() < self.settings.misses {
            return Ok(());
        }
        Err(self.refuse(misses, now))
    }

    /// The same for what people think up themselves, which can be guessed in fewer tries: after [`FREE_TRIES`] misses each
    /// further try has to wait twice as long after the miss before it: 1 s, 2 s, 4 s … as far as the window remembers.
    ///
    /// # Errors
    /// When it is too soon, or the address's network has used up its misses.
    pub fn check_patience(&self, address: IpAddr, now: Moment) -> Result<(), TooManyMisses> {
        self.check(address, now)?;
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((misses, &last)) = missed
            .get(&Network::of(address))
            .and_then(|misses| misses.back().map(|last| (misses.len(), last)))
        else {
            return Ok(());
        };
        let Some(doublings) = misses.checked_sub(FREE_TRIES) else {
            return Ok(());
        };
        let wait_ms = 1000_i64 << doublings.min(LONGEST_WAIT_DOUBLINGS);
        let left = wait_ms - now.millis_since(last);
        match u64::try_from(left) {
            Ok(left @ 1..) => Err(TooManyMisses {
                retry_after_s: left.div_ceil(1000),
            }),
            _ => Ok(()),
        }
    }

    /// Counts a miss.
    ///
    /// # Errors
    /// When it was one too many: of misses that came at the same moment, those answer 429 too.
    pub fn miss(&self, address: IpAddr, now: Moment) -> Result<(), TooManyMisses> {
        let network = Network::of(address);
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if !missed.contains_key(&network) {
            self.make_room(&mut missed, now);
        }
        let misses = missed.entry(network).or_default();
        self.forget_old(misses, now);
        if misses.len() >= self.settings.misses {
            return Err(self.refuse(misses, now));
        }
        misses.push_back(now);
        Ok(())
    }

    fn forget_old(&self, misses: &mut VecDeque<Moment>, now: Moment) {
        // A miss of the future means that the clock was set back; remembering it could lock people out for as long.
        misses.retain(|&miss| miss <= now && now.millis_since(miss) < self.window_ms());
    }

    fn refuse(&self, misses: &VecDeque<Moment>, now: Moment) -> TooManyMisses {
        let waited = misses.front().map_or(0, |&oldest| now.millis_since(oldest));
        let left = u64::try_from(self.window_ms().saturating_sub(waited)).unwrap_or(0);
        TooManyMisses {
            retry_after_s: left.div_ceil(1000).max(1),
        }
    }

    fn make_room(&self, missed: &mut HashMap<Network, VecDeque<Moment>>, now: Moment) {
        if missed.len() < self.settings.networks {
            return;
        }
        let window = self.window_ms();
        missed.retain(|_, misses| misses.back().is_some_and(|&last| now.millis_since(last) < window));
        if missed.len() >= self.settings.networks {
            let quietest = missed
                .iter()
                .min_by_key(|(_, misses)| misses.back().copied())
                .map(|(&network, _)| network);
            quietest.and_then(|network| missed.remove(&network));
        }
    }

    fn window_ms(&self) -> i64 {
        i64::try_from(self.settings.window.as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(1_700_000_000_000 + seconds * 1000)
    }

    #[test]
    fn sec_share_08_the_twenty_first_miss_in_a_minute_is_refused() {
        let throttle = Throttle::new(ThrottleSettings::default());
        for second in 0..20 {
            throttle.check(HERE, at(second)).expect("still allowed");
            throttle.miss(HERE, at(second)).expect("still counted");
        }
        let refused = throttle
            .check(HERE, at(20))
            .expect_err("the minute's misses are used up");
        assert_eq!(refused.retry_after_s, 40);
        assert_eq!(
            throttle.miss(HERE, at(20)),
            Err(refused),
            "also when it was already on its way"
        );
        throttle.check(THERE, at(20)).expect("another network isn't concerned");

        throttle
            .check(HERE, at(59))
            .expect_err("one second before the first is forgotten");
        throttle.miss(HERE, at(60)).expect("the first was forgotten");
        throttle.check(HERE, at(60)).expect_err("but only the first");
        throttle.check(HERE, at(140)).expect("everything is forgotten");
    }

    #[test]
    fn sec_auth_02_the_wait_after_a_wrong_password_doubles() {
        let throttle = Throttle::new(ThrottleSettings::default());
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..8 {
            let wait = throttle
                .check_patience(HERE, at(now))
                .err()
                .map_or(0, |refused| refused.retry_after_s);
            waits.push(wait);
            now += i64::try_from(wait).expect("small");
            throttle.check_patience(HERE, at(now)).expect("after the wait");
            throttle.miss(HERE, at(now)).expect("counted");
        }
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16]);
        throttle
            .check_patience(THERE, at(now))
            .expect("another network waits for nobody");
        throttle
            .check_patience(HERE, at(now + 61))
            .expect("and nobody for ever");
    }

    #[test]
    fn sec_share_08_many_networks_take_bounded_memory() {
        let throttle = Throttle::new(ThrottleSettings {
            networks: 100,
            ..ThrottleSettings::default()
        });
        for n in 0..10_000u32 {
            let address = IpAddr::V6(std::net::Ipv6Addr::from_bits(u128::from(n) << 64));
            throttle.miss(address, at(i64::from(n / 1000))).expect("a first miss");
        }
        assert!(throttle.missed.lock().expect("not poisoned").len() <= 100);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let throttle = Throttle::new(ThrottleSettings {
            misses: 1,
            ..ThrottleSettings::default()
        });
        throttle.miss(HERE, at(3600)).expect("a first miss");
        throttle.check(HERE, at(3600)).expect_err("used up");
        throttle.check(HERE, at(0)).expect("a miss of the future doesn't count");
    }
}
