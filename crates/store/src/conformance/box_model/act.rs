//! What a step does.

use model::dialog::Draft;
use model::media::Media;
use model::message::{Action, Body, MediaClass};
use model::rights::BannedRights;
use model::{ChatId, MessageId, Peer, UserId};

use super::super::writing::{document, mention, photo};
use super::{PEOPLE, Run, Step, person};
use crate::ports::boxes::{BoxPeer, Copy, DeleteHistory, NewBoxMessage, Sent};
use crate::ports::chats::ChatChange;
use crate::ports::dialogs::SeenReactions;
use crate::{Result, Stores};

const WORDS: [&str; 8] = ["bird", "Hoopoe", "hoop", "fish", "удод", "bi", "blue bird", ""];
const EMOJI: [&str; 3] = ["👍", "🔥", "🐦"];

impl Run {
    /// Acts on one store; answers what it answered, and what was written.
    pub(super) async fn act(&self, stores: &Stores, step: &Step) -> (String, Vec<Copy>) {
        // Sending is what fills boxes, so it has the largest share.
        if step[0] % 32 < 10 {
            let sent = self.send(stores, person(step[1]), step).await;
            let copies = sent.iter().flatten().flat_map(|sent| &sent.copies).cloned().collect();
            return (answer(&sent), copies);
        }
        (self.change(stores, step).await, Vec::new())
    }

    async fn change(&self, stores: &Stores, step: &Step) -> String {
        let [kind, who, a, b, c, _] = *step;
        let owner = person(who);
        match kind % 32 {
            10 | 11 => {
                let edited = b.is_multiple_of(4).then(|| self.now());
                answer(&stores.boxes.edit(owner, self.id(owner, a), body(c, b), edited).await)
            }
            12..=14 => {
                let ids = [self.id(owner, a), self.id(owner, b), self.id(owner, c)];
                let ids = &ids[..1 + usize::from(c % 3)];
                answer(&stores.boxes.delete(owner, ids, b.is_multiple_of(2)).await)
            }
            15 => self.delete_history(stores, owner, step).await,
            16 | 17 => {
                let max_id = if b.is_multiple_of(3) { MessageId(0) } else { self.id(owner, b) };
                answer(&stores.boxes.read(owner, self.peer(a), max_id, self.now()).await)
            }
            18 => {
                let ids = [self.id(owner, a), self.id(owner, b), self.id(owner, c)];
                answer(&stores.boxes.read_contents(owner, &ids, self.now(), self.now()).await)
            }
            19 => {
                let limit = i32::from(b % 3);
                answer(&stores.boxes.read_mentions(owner, self.peer(a), limit, self.now()).await)
            }
            20 | 21 => {
                let ids = [self.id(owner, b), self.id(owner, c)];
                let ids = &ids[..usize::from(c % 3)];
                let (pinned, all) = (!c.is_multiple_of(4), b.is_multiple_of(2));
                answer(&stores.boxes.pin(owner, self.peer(a), ids, pinned, all).await)
            }
            22 | 23 => {
                let emoji =
                    (0..c % 3).map(|n| EMOJI[usize::from(b.wrapping_add(n)) % 3].to_owned());
                let id = self.id(owner, a);
                answer(&stores.boxes.react(owner, id, emoji.collect(), self.now()).await)
            }
            24 | 25 => self.change_group(stores, owner, step).await,
            26 => {
                let blocked = !b.is_multiple_of(3);
                answer(&stores.contacts.set_blocked(owner, person(a), blocked, self.now()).await)
            }
            _ => self.keep(stores, owner, step).await,
        }
    }

    async fn send(&self, stores: &Stores, owner: UserId, step: &Step) -> Result<Vec<Sent>> {
        let [_, _, a, b, c, _] = *step;
        let mut messages = vec![self.message(owner, step)];
        if c.is_multiple_of(5) {
            let random_id = (!a.is_multiple_of(3)).then_some(i64::from(b % 50));
            messages.push(NewBoxMessage {
                random_id,
                body: body(b, c),
                ..self.message(owner, step)
            });
        }
        stores.boxes.send(messages).await
    }

    fn message(&self, sender: UserId, step: &Step) -> NewBoxMessage {
        let [_, _, a, b, c, d] = *step;
        let peer = match self.peer(a) {
            Peer::User(user) => BoxPeer::User(user),
            Peer::Chat(chat) => BoxPeer::Chat(chat),
            Peer::Channel(_) => BoxPeer::User(sender),
        };
        NewBoxMessage {
            sender,
            peer,
            random_id: b.is_multiple_of(2).then(|| i64::from(b % 50)),
            date: self.now(),
            body: body(c, d),
            reply_to: b.is_multiple_of(3).then(|| self.id(sender, c)),
            mentions: if d.is_multiple_of(4) { vec![person(c)] } else { Vec::new() },
            clear_draft: d.is_multiple_of(2),
        }
    }

    async fn delete_history(&self, stores: &Stores, owner: UserId, step: &Step) -> String {
        let [_, _, a, b, c, d] = *step;
        let request = DeleteHistory {
            owner,
            peer: self.peer(a),
            max_id: if b.is_multiple_of(2) { MessageId(0) } else { self.id(owner, b) },
            revoke: c.is_multiple_of(2),
            keep_dialog: c.is_multiple_of(3),
            min_date: d.is_multiple_of(3).then(|| model::UnixTime(self.now().0 - i64::from(b % 9))),
            max_date: d.is_multiple_of(5).then(|| self.now()),
            limit: i32::from(d % 6),
        };
        answer(&stores.boxes.delete_history(request).await)
    }

    async fn change_group(&self, stores: &Stores, owner: UserId, step: &Step) -> String {
        let [_, _, a, b, c, _] = *step;
        let chat = self.chat(a);
        let flag = c.is_multiple_of(2);
        match b % 4 {
            0 => answer(&stores.chats.add_member(chat, owner, person(c), self.now()).await),
            1 => answer(&stores.chats.remove_member(chat, owner, person(c)).await),
            2 => answer(&stores.chats.set_admin(chat, owner, person(c), flag).await),
            _ => {
                let banned = BannedRights {
                    send_messages: c.is_multiple_of(7),
                    send_photos: c.is_multiple_of(3),
                    pin_messages: flag,
                    ..BannedRights::default()
                };
                let change = ChatChange { default_banned: Some(banned), ..ChatChange::default() };
                answer(&stores.chats.change_chat(chat, owner, change).await)
            }
        }
    }

    /// What a person keeps about a chat.
    async fn keep(&self, stores: &Stores, owner: UserId, step: &Step) -> String {
        let [_, _, a, b, c, _] = *step;
        let (peer, flag) = (self.peer(a), c.is_multiple_of(2));
        match b % 7 {
            0 => {
                let text = WORDS[usize::from(c) % WORDS.len()].to_owned();
                let draft = Draft { text, date: self.now(), ..Draft::default() };
                answer(&stores.dialogs.set_draft(owner, peer, flag.then_some(draft)).await)
            }
            1 => answer(&stores.dialogs.set_unread_mark(owner, peer, flag).await),
            2 => answer(&stores.dialogs.set_dialog_pinned(owner, peer, flag).await),
            3 => {
                let order = [peer, self.peer(c)];
                answer(&stores.dialogs.reorder_pinned_dialogs(owner, 0, &order, flag).await)
            }
            4 => {
                let folder = i32::from(flag);
                answer(&stores.dialogs.set_dialog_folder(owner, &[(peer, folder)]).await)
            }
            5 => {
                let seen = match c % 3 {
                    0 => SeenReactions::Oldest(peer, None, i32::from(c % 5)),
                    _ => SeenReactions::InBox(vec![self.id(owner, a), self.id(owner, c)]),
                };
                answer(&stores.dialogs.see_reactions(owner, seen, self.now()).await)
            }
            _ => {
                let period = flag.then_some(60);
                answer(&stores.dialogs.set_dialog_ttl(owner, peer, period).await)
            }
        }
    }

    /// A number of somebody's box; one beyond the newest now and then.
    pub(super) fn id(&self, owner: UserId, number: u16) -> MessageId {
        let last = self.last_ids.get(&owner).map_or(0, |last| last.0);
        // The newer half is acted upon more often.
        let back = i32::from(number) % (last + 2);
        let back = if number.is_multiple_of(2) { back / 2 } else { back };
        MessageId(last + 1 - back)
    }

    fn chat(&self, number: u16) -> ChatId {
        self.chats[usize::from(number) % self.chats.len()]
    }

    pub(super) fn peer(&self, number: u16) -> Peer {
        if number.is_multiple_of(2) {
            Peer::Chat(self.chat(number / 2))
        } else {
            Peer::User(person((number / 2) % PEOPLE))
        }
    }
}

fn body(words: u16, extra: u16) -> Body {
    let text = WORDS[usize::from(words) % WORDS.len()];
    let text = format!("{text} {}", WORDS[usize::from(extra) % WORDS.len()]);
    let media: Option<Media> = match extra % 9 {
        0 => Some(photo()),
        1 => Some(document(MediaClass::Voice)),
        2 => Some(document(MediaClass::Music)),
        _ => None,
    };
    Body {
        text,
        media,
        entities: if extra.is_multiple_of(6) { vec![mention(person(words))] } else { Vec::new() },
        action: extra.is_multiple_of(17).then_some(Action::PinMessage),
        ttl_period: extra.is_multiple_of(11).then_some(60),
        ..Body::default()
    }
}

fn answer<T: std::fmt::Debug>(value: &T) -> String {
    format!("{value:?}")
}
