//! Invitations to register: a word that the operator hands out, typed in place of the login code.

use model::UnixTime;
use model::account::Invitation;

use crate::{Core, Result};

/// No vowels, so that no words come out of it, and nothing that is mistaken for something else.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxz4";
/// 20^16 is about 2^69: nobody guesses one.
const LENGTH: usize = 16;

/// Makes an invitation for `uses` people that ends at `expires`. Answers its word; the store keeps only a hash.
///
/// # Errors
/// Those of the store.
pub async fn invite(core: &Core, uses: i32, expires: UnixTime) -> Result<String> {
    let mut word = String::with_capacity(LENGTH + 3);
    let mut letters = 0;
    while letters < LENGTH {
        let mut byte = [0; 1];
        core.random.fill(&mut byte);
        let [byte] = byte;
        // 240 is the largest multiple of 20 in a byte.
        let Some(letter) = LETTERS.get(usize::from(byte % 20)).filter(|_| byte < 240) else {
            continue;
        };
        if letters > 0 && letters % 4 == 0 {
            word.push('-');
        }
        word.push(char::from(*letter));
        letters += 1;
    }
    let invitation =
        Invitation { token_hash: token_hash(&normal(&word)), expires, uses_left: uses };
    core.stores.accounts.add_invitation(invitation).await?;
    Ok(word)
}

/// Whether a code looks like an invitation: as long as one, and not of digits only.
pub(super) fn is_word(code: &str) -> bool {
    normal(code).len() == LENGTH
}

/// Without hyphens, spaces and capitals.
pub(super) fn normal(word: &str) -> String {
    word.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// What the store knows an invitation by. A plain hash will do: the word holds 69 bits of chance.
pub(super) fn token_hash(word: &str) -> String {
    model::media::BlobHash(crypto::sha256_parts(&[b"invitation ", word.as_bytes()])).to_hex()
}
