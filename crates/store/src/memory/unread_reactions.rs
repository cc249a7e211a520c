//! Reactions that the authors of messages have not seen.

use model::event::{AccountEntry, AccountEvent};
use model::reaction::Reaction;
use model::{MessageId, Peer, UnixTime, UserId};

use super::State;
use crate::ports::dialogs::SeenReactions;

/// Puts the reactions of one person in the place of their former ones. `told`: the author, somebody else, hears of them. Whoever
/// has not seen what was there has not seen these.
pub(super) fn replace(
    all: &mut Vec<Reaction>,
    user: UserId,
    author: UserId,
    given: impl Iterator<Item = Reaction>,
    told: bool,
) {
    let unread = user != author && (told || has_unread(all));
    all.retain(|reaction| reaction.user != user);
    all.extend(given.map(|reaction| Reaction { unread, ..reaction }));
}

pub(super) fn has_unread(all: &[Reaction]) -> bool {
    all.iter().any(|reaction| reaction.unread)
}

/// Answers whether any was unseen.
pub(super) fn see(all: &mut [Reaction]) -> bool {
    let had = has_unread(all);
    all.iter_mut().for_each(|reaction| reaction.unread = false);
    had
}

/// As those other than the author see them.
pub(super) fn plain(mut all: Vec<Reaction>) -> Vec<Reaction> {
    see(&mut all);
    all
}

impl State {
    /// The owner's messages of a chat, or of a thread in it, with unseen reactions, oldest first.
    pub(super) fn unread_reactions(
        &self,
        owner: UserId,
        peer: Peer,
        thread: Option<MessageId>,
    ) -> Vec<MessageId> {
        match peer {
            Peer::Channel(channel) => self.channels.unread_reactions(channel, owner, thread),
            // There are no threads.
            Peer::User(_) | Peer::Chat(_) if thread.is_some() => Vec::new(),
            Peer::User(_) | Peer::Chat(_) => self.boxes.unread_reactions(owner, peer),
        }
    }

    pub(super) fn see_reactions(
        &mut self,
        owner: UserId,
        seen: SeenReactions,
        at: UnixTime,
    ) -> Vec<AccountEntry> {
        let mut messages = Vec::new();
        match seen {
            SeenReactions::InBox(ids) => {
                messages.extend(ids.iter().filter_map(|id| self.boxes.see_reactions(owner, *id)));
            }
            SeenReactions::InChannel(channel, ids) => {
                let unseen = |id: &MessageId| self.channels.see_reactions(channel, owner, *id);
                let ids = ids.into_iter().filter(unseen);
                messages.extend(ids.map(|id| (Peer::Channel(channel), id)));
            }
            SeenReactions::Oldest(peer, thread, limit) => {
                let ids = self.unread_reactions(owner, peer, thread).into_iter();
                let ids = ids.take(usize::try_from(limit).unwrap_or(0));
                for id in ids.collect::<Vec<_>>() {
                    match peer {
                        Peer::Channel(channel) => {
                            self.channels.see_reactions(channel, owner, id);
                        }
                        Peer::User(_) | Peer::Chat(_) => {
                            self.boxes.see_reactions(owner, id);
                        }
                    }
                    messages.push((peer, id));
                }
            }
        }
        let events =
            messages.into_iter().map(|(peer, id)| AccountEvent::MessageReactions { peer, id });
        let events: Vec<_> = events.collect();
        events.into_iter().map(|event| self.accounts.append(owner, event, at)).collect()
    }
}
