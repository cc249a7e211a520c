//! Codes that wait to be typed in. They live in memory only and never reach the store.

use std::collections::HashMap;

use model::account::Phone;
use model::{AuthKeyId, UnixTime, UserId};
use zeroize::Zeroizing;

use crate::guesses::Guesses;
use crate::ports::Entropy;
use crate::{Error, Result};

/// Digits of a code. With [`LOCK_AFTER`] guesses a day, a stranger finds one code in 66,000 days.
pub const CODE_DIGITS: usize = 6;
/// How long a code waits, seconds.
pub const CODE_S: i64 = 300;
/// Wrong guesses that burn a code.
const TRIES: u8 = 5;
/// Wrong guesses of any of a number's codes within 24 hours that lock its sign-in by code: three burnt codes.
const LOCK_AFTER: usize = 15;
/// Codes that wait for one number at once: one for each device that asked, the oldest making room.
const PER_PHONE: usize = 4;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in or up.
    SignIn,
    /// Moving this account to the number.
    ChangePhone(UserId),
}

/// What the code's owner has shown so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    /// The code itself.
    Code,
    /// A word that may be an invitation, to be used when signing up.
    Word(Zeroizing<String>),
}

/// A code that waits.
pub(super) struct Waiting {
    pub(super) phone: Phone,
    pub(super) purpose: Purpose,
    pub(super) code: Zeroizing<String>,
    pub(super) shown: Shown,
    /// It was sent by all ways.
    pub(super) resent: bool,
    /// The account it signs in to, once the delivery has looked.
    pub(super) account: Option<UserId>,
    key: AuthKeyId,
    number: u64,
    expires: UnixTime,
    wrong: u8,
}

/// All codes that wait.
#[derive(Default)]
pub(crate) struct Codes {
    waiting: HashMap<String, Waiting>,
    guesses: Guesses<Phone>,
    made: u64,
}

impl Codes {
    /// Makes a code; a code that the same device asked for before ends. Answers its `phone_code_hash`.
    pub(super) fn make(
        &mut self,
        random: &dyn Entropy,
        phone: Phone,
        purpose: Purpose,
        key: AuthKeyId,
        now: UnixTime,
    ) -> String {
        self.waiting.retain(|_, waiting| {
            waiting.expires > now && !(waiting.key == key && waiting.phone == phone)
        });
        while self.waiting.values().filter(|waiting| waiting.phone == phone).count() >= PER_PHONE {
            let oldest = self
                .of_phone(&phone)
                .min_by_key(|(_, waiting)| waiting.number)
                .map(|(hash, _)| hash.clone());
            let Some(oldest) = oldest else { break };
            self.waiting.remove(&oldest);
        }
        self.made += 1;
        let hash = random_hex(random);
        let code = Zeroizing::new(random_digits(random, CODE_DIGITS));
        let expires = UnixTime(now.0 + CODE_S);
        let (shown, number) = (Shown::Nothing, self.made);
        let waiting = Waiting {
            phone,
            purpose,
            code,
            shown,
            resent: false,
            account: None,
            key,
            number,
            expires,
            wrong: 0,
        };
        self.waiting.insert(hash.clone(), waiting);
        hash
    }

    fn of_phone<'a>(&'a self, phone: &'a Phone) -> impl Iterator<Item = (&'a String, &'a Waiting)> {
        self.waiting.iter().filter(move |(_, waiting)| waiting.phone == *phone)
    }

    /// The code that waits under a hash, if the number fits.
    ///
    /// # Errors
    /// [`Error::CodeExpired`].
    pub(super) fn get(&mut self, hash: &str, phone: &Phone, now: UnixTime) -> Result<&mut Waiting> {
        let waiting = self
            .waiting
            .get_mut(hash)
            .filter(|waiting| waiting.phone == *phone && waiting.expires > now);
        waiting.ok_or(Error::CodeExpired)
    }

    /// Looks at a code by its hash alone, for delivery.
    pub(super) fn peek(&mut self, hash: &str) -> Option<&mut Waiting> {
        self.waiting.get_mut(hash)
    }

    /// Ends a code.
    pub(super) fn take(&mut self, hash: &str) -> Option<Waiting> {
        self.waiting.remove(hash)
    }

    /// Tries a code; the fifth wrong one burns it. While the number is locked none is tried, though it was sent before: else several
    /// codes that wait would take five guesses each.
    ///
    /// # Errors
    /// [`Error::CodeInvalid`], [`Error::CodeExpired`], [`Error::CodeEmpty`], [`Error::FloodWait`].
    pub(super) fn check(
        &mut self,
        hash: &str,
        phone: &Phone,
        given: &str,
        now: UnixTime,
    ) -> Result<()> {
        self.check_lock(phone, now)?;
        let waiting = self.get(hash, phone, now)?;
        let given = given.trim();
        if given.is_empty() {
            return Err(Error::CodeEmpty);
        }
        // Keyed hashes have one length, so that the comparison says nothing about the code's.
        let digest = |code: &str| crypto::hmac_sha256(hash.as_bytes(), &[code.as_bytes()]);
        if crypto::ct_eq(&digest(&waiting.code), &digest(given)) {
            waiting.shown = Shown::Code;
            return Ok(());
        }
        self.wrong(hash, now);
        Err(Error::CodeInvalid)
    }

    /// Notes a wrong guess.
    pub(super) fn wrong(&mut self, hash: &str, now: UnixTime) {
        let Some(waiting) = self.waiting.get_mut(hash) else { return };
        waiting.wrong += 1;
        let burnt = waiting.wrong >= TRIES;
        self.guesses.note(waiting.phone.clone(), now);
        if burnt {
            self.waiting.remove(hash);
        }
    }

    /// Whether sign-in by code is locked for a number.
    ///
    /// # Errors
    /// [`Error::FloodWait`].
    pub(super) fn check_lock(&self, phone: &Phone, now: UnixTime) -> Result<()> {
        self.guesses
            .locked_for(phone, LOCK_AFTER, now)
            .map_or(Ok(()), |seconds| Err(Error::FloodWait(seconds)))
    }

    pub(super) fn unlock(&mut self, phone: &Phone) {
        self.guesses.clear(phone);
    }

    /// The newest code that waits for a number.
    pub(super) fn newest(&self, phone: &Phone, now: UnixTime) -> Option<String> {
        let live = self
            .of_phone(phone)
            .filter(|(_, waiting)| waiting.expires > now && waiting.shown == Shown::Nothing);
        live.max_by_key(|(_, waiting)| waiting.number).map(|(_, waiting)| waiting.code.to_string())
    }

    /// Burns the account's codes that stand in a text: what is told to somebody is a code no more.
    pub(super) fn burn_told(&mut self, account: UserId, text: &str) {
        self.waiting.retain(|_, waiting| {
            waiting.account != Some(account) || !contains_code(text, &waiting.code)
        });
    }
}

/// Whether the digits of `code` stand in `text` one after another, whatever is between them.
fn contains_code(text: &str, code: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.contains(code)
}

/// 128 bits as hexadecimal.
fn random_hex(random: &dyn Entropy) -> String {
    use std::fmt::Write as _;
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Digits, each as likely as the others.
pub(crate) fn random_digits(random: &dyn Entropy, digits: usize) -> String {
    let mut text = String::with_capacity(digits);
    while text.len() < digits {
        let mut byte = [0; 1];
        random.fill(&mut byte);
        // 250 is the largest multiple of ten: what is above would favour the first six digits.
        let [byte] = byte;
        if byte < 250 {
            text.push(char::from(b'0' + byte % 10));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_whatever_is_between_its_digits() {
        assert!(contains_code("it is 12 34-56, thanks", "123456"));
        assert!(!contains_code("12345", "123456"));
    }
}
