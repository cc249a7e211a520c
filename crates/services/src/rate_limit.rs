//! Rate limits: one table, one bucket.
//!
//! A bucket holds `burst` tokens and gets one back every `refill_ms`. It is kept as the single moment at which it will be full
//! again, so that a refusal knows to the millisecond how long it lasts.

use std::collections::HashMap;
use std::net::IpAddr;

use model::account::Phone;
use model::{Peer, UserId};

use crate::{Caller, Core, Error, Result};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Buckets held at once, about 60 MB. Full ones are forgotten before any is refused.
const CAPACITY: usize = 500_000;
/// What a refusal says when the table itself is full, seconds.
const OVERLOAD_WAIT_S: u32 = 60;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; the table below has the figures")]
pub enum Limit {
    SendToPeer,
    StrangerMessage,
    Invite,
    Join,
    CreateChannel,
    SecretChat,
    ImportContacts,
    ResolveUsername,
    CodePerNumber,
    CodePerNumberDay,
    CodePerAddress,
    ChangePhone,
    Email,
    History,
    Search,
    Act,
    PublicPage,
}

/// Who is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// An account towards one chat.
    UserPeer(UserId, Peer),
    /// A telephone number.
    Phone(Phone),
    /// An IPv4 address, or the /56 of an IPv6 address, which is what one customer gets.
    Address([u8; 8]),
}

impl Subject {
    /// The subject for an address.
    #[must_use]
    pub fn address(ip: IpAddr) -> Self {
        let mut key = [0; 8];
        match ip.to_canonical() {
            IpAddr::V4(v4) => key[4..].copy_from_slice(&v4.octets()),
            // A global prefix never starts with the zeros of an IPv4 key, as 0::/8 is reserved.
            IpAddr::V6(v6) => key[..7].copy_from_slice(&v6.octets()[..7]),
        }
        Self::Address(key)
    }
}

/// What happens to a request when the limiter itself fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnFailure {
    Open,
    Closed,
}

/// One row.
#[derive(Clone, Copy, Debug)]
struct Rule {
    burst: i64,
    refill_ms: i64,
    on_failure: OnFailure,
}

impl Limit {
    const fn rule(self) -> Rule {
        const fn row(burst: i64, refill_ms: i64, on_failure: OnFailure) -> Rule {
            Rule { burst, refill_ms, on_failure }
        }
        use OnFailure::{Closed, Open};
        match self {
            Self::SendToPeer => row(30, 1000, Open),
            Self::StrangerMessage => row(20, DAY / 20, Closed),
            Self::Invite | Self::Join => row(50, HOUR / 20, Open),
            Self::CreateChannel => row(10, DAY / 10, Open),
            Self::SecretChat => row(50, DAY / 50, Open),
            Self::ImportContacts => row(500, DAY / 500, Open),
            Self::ResolveUsername => row(200, DAY / 200, Open),
            Self::CodePerNumber => row(3, 5 * MINUTE, Closed),
            Self::CodePerNumberDay => row(5, DAY / 5, Closed),
            Self::CodePerAddress => row(10, 6 * MINUTE, Closed),
            Self::ChangePhone => row(5, DAY / 5, Closed),
            Self::Email => row(5, HOUR, Closed),
            Self::History => row(600, 50, Open),
            Self::Search => row(60, 500, Open),
            // What is told to all who look at a chat, and costs whoever does it nothing.
            Self::Act => row(60, 500, Open),
            Self::PublicPage => row(300, 50, Open),
        }
    }
}

/// All buckets of a process.
#[derive(Default)]
pub(crate) struct Buckets {
    /// When each bucket is full again, milliseconds since 1970.
    full_at: HashMap<(Limit, Subject), i64>,
}

impl Buckets {
    /// Takes `cost` tokens, or answers after how many milliseconds that many will be there.
    fn take(
        &mut self,
        limit: Limit,
        subject: Subject,
        cost: i64,
        now_ms: i64,
    ) -> std::result::Result<(), i64> {
        let rule = limit.rule();
        let key = (limit, subject);
        if !self.full_at.contains_key(&key) && self.full_at.len() >= CAPACITY {
            self.full_at.retain(|_, full_at| *full_at > now_ms);
            if self.full_at.len() >= CAPACITY {
                return match rule.on_failure {
                    OnFailure::Open => Ok(()),
                    OnFailure::Closed => Err(i64::from(OVERLOAD_WAIT_S) * 1000),
                };
            }
        }
        let full_at = self.full_at.entry(key).or_insert(now_ms);
        // More than the bucket ever holds is taken as all of it, or it could never pass.
        let after = (*full_at).max(now_ms) + cost.clamp(0, rule.burst) * rule.refill_ms;
        let excess = after - now_ms - rule.burst * rule.refill_ms;
        if excess > 0 {
            return Err(excess);
        }
        *full_at = after;
        Ok(())
    }
}

/// Takes one token.
///
/// # Errors
/// [`Error::FloodWait`] with the seconds until there is one, rounded up.
pub fn check(core: &Core, limit: Limit, subject: Subject) -> Result<()> {
    check_cost(core, limit, subject, 1)
}

/// Takes several tokens at once.
///
/// # Errors
/// See [`check`].
pub fn check_cost(core: &Core, limit: Limit, subject: Subject, cost: i64) -> Result<()> {
    let taken = core.memory.buckets.lock().take(limit, subject, cost, core.clock.now_ms());
    taken.map_err(|wait_ms| {
        // div_ceil is not stable for signed numbers; the wait is positive.
        Error::FloodWait(u32::try_from((wait_ms + 999) / 1000).unwrap_or(u32::MAX))
    })
}

/// The pace of what somebody who is signed in asks for or does, by what it costs; none where the operator limits nothing.
///
/// # Errors
/// See [`check`].
pub fn check_pace(core: &Core, caller: Caller, limit: Limit, cost: i64) -> Result<()> {
    if !core.policy.limit_sign_in {
        return Ok(());
    }
    check_cost(core, limit, Subject::User(caller.user), cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: Subject = Subject::User(UserId(1));

    #[test]
    fn a_bucket_is_exact_to_the_millisecond() {
        let mut buckets = Buckets::default();
        for _ in 0..3 {
            assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, 1000), Ok(()));
        }
        assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, 1000), Err(5 * MINUTE));
        assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, 1000 + 5 * MINUTE - 1), Err(1));
        assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, 1000 + 5 * MINUTE), Ok(()));
        assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, 1000 + 5 * MINUTE), Err(5 * MINUTE));
        // A refusal costs nothing, and after a long rest the burst is whole again, not larger.
        for _ in 0..3 {
            assert_eq!(buckets.take(Limit::CodePerNumber, WHO, 1, DAY), Ok(()));
        }
        assert!(buckets.take(Limit::CodePerNumber, WHO, 1, DAY).is_err());
    }

    #[test]
    fn buckets_are_apart_by_limit_and_subject() {
        let mut buckets = Buckets::default();
        for _ in 0..10 {
            assert!(buckets.take(Limit::CreateChannel, WHO, 1, 0).is_ok());
        }
        assert!(buckets.take(Limit::CreateChannel, WHO, 1, 0).is_err());
        assert!(buckets.take(Limit::CreateChannel, Subject::User(UserId(2)), 1, 0).is_ok());
        assert!(buckets.take(Limit::Email, WHO, 1, 0).is_ok());
    }

    #[test]
    fn a_cost_above_the_burst_takes_all() {
        let mut buckets = Buckets::default();
        assert!(buckets.take(Limit::Search, WHO, 10_000, 0).is_ok());
        assert_eq!(buckets.take(Limit::Search, WHO, 1, 0), Err(500));
    }

    #[test]
    fn addresses_are_taken_by_what_one_customer_has() {
        let subject = |text: &str| Subject::address(text.parse().unwrap());
        assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:ff::9"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:102::1"));
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
        assert_eq!(subject("192.0.2.1"), subject("::ffff:192.0.2.1"));
    }
}
