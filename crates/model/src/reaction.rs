//! Reactions to messages: emoji only.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, Peer, UnixTime, UserId};

/// One person's one reaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Who.
    pub user: UserId,
    /// Set for an anonymous admin, whose reaction shows as the group's own.
    #[serde(default)]
    pub send_as: Option<ChannelId>,
    /// Which.
    pub emoji: String,
    /// When.
    pub date: UnixTime,
    /// Its message's author has not seen it yet: said to that author only.
    #[serde(default)]
    pub unread: bool,
}

impl Reaction {
    /// In whose name it was given.
    #[must_use]
    pub fn by(&self) -> Peer {
        self.send_as.map_or(Peer::User(self.user), Peer::Channel)
    }
}

/// The emoji of one person, each once, in the order chosen.
#[must_use]
pub fn distinct(emoji: Vec<String>) -> Vec<String> {
    let mut chosen = Vec::with_capacity(emoji.len());
    for one in emoji {
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    chosen
}

/// All reactions to a message, as one viewer sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Emoji with their counts: most first, then in order of first use.
    pub counts: Vec<(String, i32)>,
    /// The viewer's own, in the order chosen.
    pub mine: Vec<String>,
    /// The latest ones, newest first, at most [`crate::limits::RECENT_REACTIONS`]. Empty in broadcast channels.
    pub recent: Vec<Reaction>,
}

impl Summary {
    /// Summarises reactions given in order of date.
    #[must_use]
    pub fn of(reactions: &[Reaction], viewer: UserId, show_people: bool) -> Self {
        let mut counts: Vec<(String, i32)> = Vec::new();
        for reaction in reactions {
            match counts.iter_mut().find(|(emoji, _)| *emoji == reaction.emoji) {
                Some((_, count)) => *count += 1,
                None => counts.push((reaction.emoji.clone(), 1)),
            }
        }
        // A stable sort keeps the order of first use among equals.
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mine = reactions.iter().filter(|r| r.user == viewer).map(|r| r.emoji.clone()).collect();
        let recent = if show_people {
            reactions.iter().rev().take(crate::limits::RECENT_REACTIONS).cloned().collect()
        } else {
            Vec::new()
        };
        Self { counts, mine, recent }
    }
}
