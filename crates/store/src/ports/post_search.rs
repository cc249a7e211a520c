//! What a search for posts of several channels asks and answers.

use model::message::{Body, Message};
use model::search::{hashtag, matches, words};
use model::{ChannelId, MessageId, UnixTime};

/// Posts counted in each channel at most: beyond them a total is a lower bound.
pub const COUNTED_POSTS: i32 = 500;

/// What the posts have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Words that begin so, all of them.
    Words(String),
    /// This hashtag, the whole of it; with its sign or without.
    Hashtag(String),
}

impl Wanted {
    /// Whether there is nothing to look for: then nothing is found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let (Self::Words(text) | Self::Hashtag(text)) = self;
        words(text).is_empty()
    }

    /// Whether a post has it.
    #[must_use]
    pub fn fits(&self, body: &Body) -> bool {
        if self.is_empty() {
            return false;
        }
        match self {
            Self::Words(words) => body.search_text().is_some_and(|text| matches(&text, words)),
            Self::Hashtag(tag) => body.hashtags().contains(&hashtag(tag)),
        }
    }
}

/// A place among posts of several channels, which stand in the falling order of these fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostPlace {
    /// When.
    pub date: UnixTime,
    /// Where.
    pub channel: ChannelId,
    /// Which.
    pub id: MessageId,
}

/// A search for posts.
#[derive(Clone, Debug)]
pub struct PostQuery {
    /// What they have.
    pub wanted: Wanted,
    /// Only those behind this place.
    pub after: Option<PostPlace>,
    /// How many at most.
    pub limit: i32,
}

/// A page of posts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundPosts {
    /// Newest first.
    pub messages: Vec<Message>,
    /// There are more behind the last of them.
    pub more: bool,
    /// How many there are on all pages, of each channel [`COUNTED_POSTS`] at most.
    pub total: i32,
}
