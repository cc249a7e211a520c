//! Messages, as one viewer's box or a channel's log holds them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::media::Media;
use crate::search::hashtag;
use crate::{ChannelId, DocumentId, MessageId, Peer, PhotoId, PollId, Pts, UnixTime, UserId};

/// Formatting of a part of a text. Offsets and lengths count UTF-16 code units, as the protocol does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// First code unit.
    pub offset: i32,
    /// Number of code units.
    pub length: i32,
    /// What the part is.
    pub kind: EntityKind,
}

/// What a part of a text is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the protocol's MessageEntity constructors")]
pub enum EntityKind {
    Unknown,
    Mention,
    Hashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Code,
    Pre { language: String },
    TextUrl { url: String },
    MentionName { user: UserId },
    Phone,
    Cashtag,
    Underline,
    Strike,
    BankCard,
    Spoiler,
    CustomEmoji { document_id: i64 },
    Blockquote { collapsed: bool },
}

/// Where a forwarded message came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// The author, absent if hidden by their privacy.
    pub from: Option<Peer>,
    /// The author's name where the account itself is hidden.
    pub from_name: Option<String>,
    /// When the original was sent.
    pub date: UnixTime,
    /// The number of the original post in its channel.
    pub channel_post: Option<MessageId>,
    /// Signature of the original post.
    pub post_author: Option<String>,
    /// In saved messages: where it was forwarded from, so that clients can jump there.
    pub saved_from: Option<(Peer, MessageId)>,
}

/// What a reply quotes. The number of the message replied to is [`Message::reply_to`], as it differs from box to box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Set when the original is in another chat.
    pub from_peer: Option<Peer>,
    /// The original's number in that other chat.
    pub from_message: Option<MessageId>,
    /// Quoted part.
    pub quote: Option<Quote>,
}

/// A quoted part of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The text.
    pub text: String,
    /// Its formatting.
    pub entities: Vec<Entity>,
    /// Where it starts in the original, in UTF-16 code units.
    pub offset: Option<i32>,
}

/// What happened, for a service message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the protocol's MessageAction constructors")]
pub enum Action {
    ChatCreate {
        title: String,
        users: Vec<UserId>,
    },
    ChatEditTitle {
        title: String,
    },
    ChatEditPhoto {
        photo: PhotoId,
    },
    ChatDeletePhoto,
    ChatAddUser {
        users: Vec<UserId>,
    },
    ChatDeleteUser {
        user: UserId,
    },
    ChatJoinedByLink {
        inviter: UserId,
    },
    ChatJoinedByRequest,
    /// A supergroup changed hands.
    ChangeCreator {
        owner: UserId,
    },
    ChannelCreate {
        title: String,
    },
    ChatMigrateTo {
        channel: ChannelId,
    },
    ChannelMigrateFrom {
        title: String,
        chat: crate::ChatId,
    },
    PinMessage,
    HistoryClear,
    ScreenshotTaken,
    ContactSignUp,
    /// `by_default_of`: set by this person's default for new chats.
    SetMessagesTtl {
        period_s: i32,
        by_default_of: Option<UserId>,
    },
}

/// The timer of media that is seen once.
pub const TTL_ONCE: i32 = i32::MAX;
/// Seconds that such media is still there after it was opened, for whoever reads it as it comes.
pub const ONCE_S: i64 = 10;

/// What all copies of a message share: everything that was written by its author.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of message")]
pub struct Body {
    /// Text or caption.
    pub text: String,
    /// Formatting.
    pub entities: Vec<Entity>,
    /// What is attached.
    pub media: Option<Media>,
    /// Set for service messages only.
    pub action: Option<Action>,
    /// Set for forwards.
    pub forward: Option<Forward>,
    /// Details of a reply.
    pub reply: Option<Reply>,
    /// Album.
    pub grouped_id: Option<i64>,
    /// Sent without sound.
    pub silent: bool,
    /// May not be forwarded or saved.
    pub noforwards: bool,
    /// Media below the text.
    pub invert_media: bool,
    /// Was written before it was sent.
    pub from_scheduled: bool,
    /// Signature of a post.
    pub post_author: Option<String>,
    /// The signature leads to its author's profile.
    #[serde(default)]
    pub author_shown: bool,
    /// Seconds after which all copies are destroyed, from the chat's setting at the time of sending.
    pub ttl_period: Option<i32>,
    /// When that is, by the clock of expiry.
    pub expires: Option<UnixTime>,
    /// When the media, which was opened, is destroyed, by the clock of expiry.
    pub media_expires: Option<UnixTime>,
    /// Set if it is written in a channel's name, or as an anonymous admin in the group's own.
    pub send_as: Option<ChannelId>,
}

/// The identity that all copies of a private or group message share: the number in its author's own box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The author.
    pub owner: UserId,
    /// The number in the author's box.
    pub id: MessageId,
}

/// A message as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of message")]
pub struct Message {
    /// Number in the box it was read from.
    pub id: MessageId,
    /// The pts of the event that created it.
    pub pts: Pts,
    /// The chat it is in, seen from the viewer (in a private chat: the other person).
    pub peer: Peer,
    /// Who wrote it. For a channel's posts: the person who published, shown only by signatures.
    pub from: UserId,
    /// Written by the viewer.
    pub out: bool,
    /// A post of a broadcast channel, which speaks as the channel.
    pub post: bool,
    /// When.
    pub date: UnixTime,
    /// Last edit.
    pub edit_date: Option<UnixTime>,
    /// The viewer is mentioned.
    pub mentioned: bool,
    /// Voice or round video not yet played, or a mention not yet seen.
    pub media_unread: bool,
    /// Pinned in its chat.
    pub pinned: bool,
    /// The message replied to, by its number in the same box (or the other chat's, see [`Reply`]).
    pub reply_to: Option<MessageId>,
    /// The first message of the thread it is in, where that is not itself (supergroups).
    pub thread: Option<MessageId>,
    /// Shared identity. `None` in channels, where the number itself is shared.
    pub origin: Option<Origin>,
    /// What was written.
    pub body: Body,
    /// Views and forwards, of channel posts.
    pub counters: Option<Counters>,
    /// Reactions, as the viewer sees them.
    pub reactions: crate::reaction::Summary,
    /// Replies to it, where they are counted: of posts that are discussed, and of what was replied to in a supergroup.
    pub replies: Option<crate::channel::Replies>,
}

impl Message {
    /// Whether it still waits for its time, and so is in no box or log.
    #[must_use]
    pub const fn is_scheduled(&self) -> bool {
        self.pts.0 == 0
    }

    /// In saved messages, which dialog of theirs it belongs to: the chat that it was saved from, oneself for one's own notes.
    #[must_use]
    pub fn saved_peer(&self, owner: UserId) -> Option<Peer> {
        let own = Peer::User(owner);
        let from = self.body.forward.as_ref().and_then(|forward| forward.saved_from);
        (self.peer == own).then(|| from.map_or(own, |(peer, _)| peer))
    }
}

/// View and forward counters of a channel post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Times seen.
    pub views: i32,
    /// Times forwarded.
    pub forwards: i32,
}

/// Classes by which clients filter a chat's media (`MessagesFilter`), decided once when a message is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
#[expect(missing_docs, reason = "named as the protocol's filters")]
pub enum MediaClass {
    None = 0,
    Photo = 1,
    Video = 2,
    Document = 3,
    Music = 4,
    Voice = 5,
    RoundVideo = 6,
    Gif = 7,
    Url = 8,
    Poll = 9,
    Contact = 10,
    Geo = 11,
    ChatPhoto = 12,
}

impl MediaClass {
    /// The number it is stored under.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

impl Body {
    /// Who shows as the author of what `sender` wrote.
    #[must_use]
    pub fn author(&self, sender: UserId) -> Peer {
        self.send_as.map_or(Peer::User(sender), Peer::Channel)
    }

    /// The class this message is filed under for filtered search.
    #[must_use]
    pub fn media_class(&self) -> MediaClass {
        if let Some(Action::ChatEditPhoto { .. }) = self.action {
            return MediaClass::ChatPhoto;
        }
        match &self.media {
            Some(media) => media.class(),
            None if self.has_url() => MediaClass::Url,
            None => MediaClass::None,
        }
    }

    fn has_url(&self) -> bool {
        self.entities.iter().any(|entity| {
            matches!(entity.kind, EntityKind::Url | EntityKind::TextUrl { .. } | EntityKind::Email)
        })
    }

    /// Whether its media destroys itself when it was seen.
    #[must_use]
    pub const fn is_fleeting(&self) -> bool {
        matches!(
            &self.media,
            Some(Media::Photo { ttl_s: Some(_), .. } | Media::Document { ttl_s: Some(_), .. })
        )
    }

    /// When the next part of it ends: the media, or all.
    #[must_use]
    pub fn end(&self) -> Option<UnixTime> {
        self.expires.into_iter().chain(self.media_expires).min()
    }

    /// Begins the time of its chat's timer, if there is one, at `now` by the clock of expiry.
    pub fn begin_timer(&mut self, now: UnixTime) {
        self.expires =
            self.ttl_period.map(|period| UnixTime(now.0.saturating_add(i64::from(period))));
    }

    /// Begins the time of media that destroys itself, seen at `now` by the clock of expiry; nothing if it has begun.
    pub fn open_media(&mut self, now: UnixTime) {
        if let Some(
            Media::Photo { ttl_s: Some(ttl_s), .. } | Media::Document { ttl_s: Some(ttl_s), .. },
        ) = self.media
            && self.media_expires.is_none()
        {
            let seen_s = if ttl_s == TTL_ONCE { ONCE_S } else { i64::from(ttl_s) };
            self.media_expires = Some(UnixTime(now.0.saturating_add(seen_s)));
        }
    }

    /// What an edit to `body` makes of a copy that holds this: media that was opened since its author looked keeps its end.
    #[must_use]
    pub fn edited(&self, body: &Self) -> Self {
        let opened = self.media_expires.filter(|_| self.carried().eq(body.carried()));
        Self { media_expires: body.media_expires.or(opened), ..body.clone() }
    }

    /// What is left when its media is destroyed: the fact that there was one.
    #[must_use]
    pub fn without_media(&self) -> Self {
        let media = match self.media.clone() {
            Some(Media::Photo { spoiler, ttl_s, .. }) => {
                Some(Media::Photo { photo: PhotoId(0), spoiler, ttl_s })
            }
            Some(Media::Document { class, spoiler, ttl_s, .. }) => Some(Media::Document {
                names: String::new(),
                document: DocumentId(0),
                class,
                spoiler,
                ttl_s,
                cover: None,
                timestamp_s: None,
            }),
            other => other,
        };
        Self {
            media,
            media_expires: None,
            text: String::new(),
            entities: Vec::new(),
            ..self.clone()
        }
    }

    /// The photo, document or poll that it carries by id. The three never share a number.
    #[must_use]
    pub const fn attached(&self) -> Option<i64> {
        let id = match (&self.media, &self.action) {
            (Some(Media::Photo { photo, .. }), _)
            | (None, Some(Action::ChatEditPhoto { photo })) => photo.0,
            (Some(Media::Document { document, .. }), _) => document.0,
            (Some(Media::Poll { poll }), _) => poll.0,
            _ => return None,
        };
        // What was destroyed.
        if id == 0 { None } else { Some(id) }
    }

    /// The photo that covers the document it carries.
    #[must_use]
    pub fn cover(&self) -> Option<i64> {
        match &self.media {
            Some(Media::Document { cover, .. }) => cover.map(|photo| photo.0),
            _ => None,
        }
    }

    /// Everything that it carries by id.
    pub fn carried(&self) -> impl Iterator<Item = i64> + use<> {
        self.attached().into_iter().chain(self.cover())
    }

    /// The poll this message shows.
    #[must_use]
    pub const fn poll(&self) -> Option<PollId> {
        match self.media {
            Some(Media::Poll { poll }) => Some(poll),
            _ => None,
        }
    }

    /// Whether the other side has to play or open it: voice, round video, and media that destroys itself.
    #[must_use]
    pub const fn has_unread_contents(&self) -> bool {
        match &self.media {
            Some(Media::Document { class: MediaClass::Voice | MediaClass::RoundVideo, .. }) => true,
            Some(Media::Photo { ttl_s, .. } | Media::Document { ttl_s, .. }) => ttl_s.is_some(),
            _ => false,
        }
    }

    /// The text by which words find it, if any: what is written, and what an attached file is called.
    #[must_use]
    pub fn search_text(&self) -> Option<Cow<'_, str>> {
        if !self.is_searchable() {
            return None;
        }
        Some(match &self.media {
            Some(Media::Document { names, .. }) if !names.is_empty() => {
                Cow::Owned(format!("{} {names}", self.text))
            }
            _ => Cow::Borrowed(&self.text),
        })
    }

    /// The hashtags by which it is found, as [`hashtag`] has them.
    #[must_use]
    pub fn hashtags(&self) -> BTreeSet<String> {
        let tags = self.entities.iter().filter(|entity| entity.kind == EntityKind::Hashtag);
        let mut tags = tags.filter(|_| self.is_searchable()).peekable();
        if tags.peek().is_none() {
            return BTreeSet::new();
        }
        let units: Vec<u16> = self.text.encode_utf16().collect();
        tags.filter_map(|tag| {
            let start = usize::try_from(tag.offset).ok()?;
            let length = usize::try_from(tag.length).ok()?;
            let part = units.get(start..start.checked_add(length)?)?;
            Some(hashtag(&String::from_utf16_lossy(part)))
        })
        .collect()
    }

    /// Whether its words may enter a search index: not of service messages, nor of anything that destroys itself.
    #[must_use]
    pub const fn is_searchable(&self) -> bool {
        self.action.is_none() && self.ttl_period.is_none() && !self.is_fleeting()
    }

    /// The accounts that its text mentions by id.
    pub fn mentioned_ids(&self) -> impl Iterator<Item = UserId> + '_ {
        self.entities.iter().filter_map(|entity| match entity.kind {
            EntityKind::MentionName { user } => Some(user),
            _ => None,
        })
    }
}
