//! Rights of administrators and restrictions of members, and the rules over them.

use serde::{Deserialize, Serialize};

use crate::UnixTime;
use crate::media::Media;
use crate::message::{Body, MediaClass};

/// What an administrator may do (`chatAdminRights`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "the flags of chatAdminRights")]
pub struct AdminRights {
    pub change_info: bool,
    pub post_messages: bool,
    pub edit_messages: bool,
    pub delete_messages: bool,
    pub ban_users: bool,
    pub invite_users: bool,
    pub pin_messages: bool,
    pub add_admins: bool,
    pub anonymous: bool,
    pub manage_call: bool,
    pub other: bool,
    pub manage_topics: bool,
}

impl AdminRights {
    /// Everything a creator may do.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            change_info: true,
            post_messages: true,
            edit_messages: true,
            delete_messages: true,
            ban_users: true,
            invite_users: true,
            pin_messages: true,
            add_admins: true,
            anonymous: false,
            manage_call: true,
            other: true,
            manage_topics: true,
        }
    }
}

/// What members may not do (`chatBannedRights`): true means forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "the flags of chatBannedRights")]
pub struct BannedRights {
    pub view_messages: bool,
    pub send_messages: bool,
    pub send_media: bool,
    pub send_stickers: bool,
    pub send_gifs: bool,
    pub send_games: bool,
    pub send_inline: bool,
    pub embed_links: bool,
    pub send_polls: bool,
    pub change_info: bool,
    pub invite_users: bool,
    pub pin_messages: bool,
    pub manage_topics: bool,
    pub send_photos: bool,
    pub send_videos: bool,
    pub send_roundvideos: bool,
    pub send_audios: bool,
    pub send_voices: bool,
    pub send_docs: bool,
    pub send_plain: bool,
    /// When it ends; 0 is never.
    pub until: UnixTime,
}

/// The flag that forbids this kind of content, besides `send_messages`, which forbids every kind.
///
/// Contacts, places and plain text are all basic content to official clients, so `send_plain` covers them.
#[must_use]
pub fn forbidden_flag(body: &Body) -> fn(&BannedRights) -> bool {
    match &body.media {
        Some(Media::Poll { .. }) => |banned| banned.send_polls,
        Some(Media::Dice { .. }) => |banned| banned.send_stickers,
        Some(Media::Contact { .. } | Media::Geo { .. } | Media::Venue { .. }) | None => {
            |banned| banned.send_plain
        }
        Some(media @ (Media::Photo { .. } | Media::Document { .. })) => file_flag(media.class()),
    }
}

fn file_flag(class: MediaClass) -> fn(&BannedRights) -> bool {
    match class {
        MediaClass::Photo | MediaClass::ChatPhoto => {
            |banned| banned.send_media || banned.send_photos
        }
        MediaClass::Video => |banned| banned.send_media || banned.send_videos,
        MediaClass::RoundVideo => |banned| banned.send_media || banned.send_roundvideos,
        MediaClass::Music => |banned| banned.send_media || banned.send_audios,
        MediaClass::Voice => |banned| banned.send_media || banned.send_voices,
        MediaClass::Gif => |banned| banned.send_gifs,
        MediaClass::Document
        | MediaClass::None
        | MediaClass::Url
        | MediaClass::Poll
        | MediaClass::Contact
        | MediaClass::Geo => |banned| banned.send_media || banned.send_docs,
    }
}

/// A rule that forbids an act. Services turn it into their own errors, `rpc` into the official texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's text says it")]
pub enum Denial {
    #[error("not a member")]
    NotParticipant,
    #[error("the chat is private to the caller")]
    Private,
    #[error("may not write here")]
    WriteForbidden,
    #[error("may not write here in the name of a channel")]
    NameForbidden,
    #[error("only members write here")]
    GuestForbidden,
    #[error("administrators only")]
    AdminRequired,
    #[error("an admin gives no rights that they have not")]
    RightForbidden,
    #[error("banned from this channel")]
    Banned,
    #[error("may not send this kind of media")]
    MediaForbidden,
    #[error("not the author of this message")]
    NotAuthor,
    #[error("the chat was deactivated")]
    Deactivated,
    #[error("the owner cannot be changed in this way")]
    Owner,
    #[error("blocked by the other side")]
    Blocked,
    #[error("too many members, admins, pins or the like")]
    TooMany,
    #[error("already a member")]
    AlreadyParticipant,
    #[error("the invite link is not valid any more")]
    InviteExpired,
    #[error("wait {0} s before the next message")]
    SlowMode(u32),
    #[error("forwarding is not allowed from here")]
    ForwardsRestricted,
    #[error("the photo, file or poll was destroyed meanwhile")]
    MediaGone,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DocumentId, PhotoId};

    fn document(class: MediaClass) -> Option<Media> {
        let (document, spoiler) = (DocumentId(1), false);
        Some(Media::Document {
            document,
            names: String::new(),
            class,
            spoiler,
            ttl_s: None,
            cover: None,
            timestamp_s: None,
        })
    }

    fn forbids(banned: &BannedRights, media: Option<Media>) -> bool {
        forbidden_flag(&Body { media, ..Body::default() })(banned)
    }

    #[test]
    fn each_kind_has_its_flag() {
        let none = BannedRights::default();
        let photo = || Some(Media::Photo { photo: PhotoId(1), spoiler: false, ttl_s: None });
        assert!(!forbids(&none, None) && !forbids(&none, photo()));
        assert!(forbids(&BannedRights { send_plain: true, ..none }, None));
        assert!(forbids(&BannedRights { send_photos: true, ..none }, photo()));
        let voices = BannedRights { send_voices: true, ..none };
        assert!(forbids(&voices, document(MediaClass::Voice)));
        assert!(!forbids(&voices, document(MediaClass::Music)));
        assert!(!forbids(&voices, photo()) && !forbids(&voices, None));
    }

    #[test]
    fn media_forbids_every_file_but_no_text() {
        let media = BannedRights { send_media: true, ..BannedRights::default() };
        for class in [MediaClass::Video, MediaClass::Voice, MediaClass::Document] {
            assert!(forbids(&media, document(class)));
        }
        assert!(!forbids(&media, None));
    }
}
