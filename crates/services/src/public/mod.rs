//! What everyone may see without an account: the public pages' only source.
//!
//! A visitor is nobody: no member, nobody's contact. Whatever is not public is not found, in the same way and after the same
//! work as what does not exist. Neighbours: `web` renders what this answers.

mod changes;
mod files;
mod list;
mod posts;

pub use changes::{Change, Changes};
pub use files::{Part, PublicFile, file, invitation_photo, photo_file, read};
pub use list::{CHUNK, Listed, channels_in_chunk, chunks};
pub use posts::{Page, Posts, SHOWN_POSTS, Shown, Single, Window, is_protected, page, post};

use std::net::IpAddr;

use model::channel::Channel;
use model::media::Photo;
use model::{AuthKeyId, Peer, UserId};

use crate::chats::join::{Checked, Preview};
use crate::rate_limit::{self, Limit, Subject};
use crate::views::{self, UserView};
use crate::{Caller, Core, Error, Result};

/// Somebody without an account. No account has this id.
pub const NOBODY: UserId = UserId(0);
/// Longest public name, bytes.
const NAME_BYTES: usize = 32;
/// Longest secret word of a link, bytes.
const WORD_BYTES: usize = 64;

/// Where a request for a page comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor(pub IpAddr);

/// Who has a public name.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A channel or supergroup.
    Channel(Box<Channel>),
    /// A person, as nobody sees them.
    Person(Box<UserView>),
}

/// Takes one token for work that a visitor causes. Loopback is free: there a proxy speaks for everyone, and limits by itself.
///
/// # Errors
/// `FloodWait`.
pub fn check_rate(core: &Core, visitor: Visitor) -> Result<()> {
    if visitor.0.to_canonical().is_loopback() {
        return Ok(());
    }
    rate_limit::check(core, Limit::PublicPage, Subject::address(visitor.0))
}

/// Who has a public name; `None` for names that nobody has, or has any more.
///
/// # Errors
/// Those of the store.
pub async fn find(core: &Core, name: &str) -> Result<Option<Found>> {
    if !is_name(name) {
        return Ok(None);
    }
    match core.stores.accounts.resolve_username(name).await? {
        Some(Peer::Channel(id)) => {
            let channel = core.stores.channels.channels(&[id]).await?.pop();
            Ok(channel.filter(is_public).map(|channel| Found::Channel(Box::new(channel))))
        }
        Some(Peer::User(user)) => match views::user(core, NOBODY, user).await {
            Ok(view) if !view.user.deleted => Ok(Some(Found::Person(Box::new(view)))),
            Ok(_) | Err(Error::UserInvalid) => Ok(None),
            Err(error) => Err(error),
        },
        Some(Peer::Chat(_)) | None => Ok(None),
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= NAME_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_public(channel: &Channel) -> bool {
    !channel.deleted && channel.username.is_some()
}

/// The channel of a public name.
async fn channel(core: &Core, name: &str) -> Result<Option<Channel>> {
    Ok(match find(core, name).await? {
        Some(Found::Channel(channel)) => Some(*channel),
        Some(Found::Person(_)) | None => None,
    })
}

/// A channel's photo.
///
/// # Errors
/// Those of the store.
pub async fn photo(core: &Core, channel: &Channel) -> Result<Option<Photo>> {
    let Some(photo) = channel.photo else { return Ok(None) };
    Ok(core.stores.media.photos(&[photo]).await?.pop())
}

/// What an invite link says to somebody who is not in; `None` for links that lead nowhere, or do so no more.
///
/// # Errors
/// Those of the store.
pub async fn invitation(core: &Core, word: &str) -> Result<Option<Box<Preview>>> {
    let shaped = word.len() <= WORD_BYTES
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !shaped {
        return Ok(None);
    }
    let nobody = Caller { user: NOBODY, key: AuthKeyId(0), session: 0 };
    match crate::chats::join::check(core, nobody, word).await {
        Ok(Checked::Preview(preview)) => Ok(Some(preview)),
        Ok(Checked::Already(_)) | Err(Error::InviteInvalid | Error::InviteExpired) => Ok(None),
        Err(error) => Err(error),
    }
}
