//! Cases of the channels port: discussion groups, comments, threads.

use model::channel::{Channel, Replies, Thread, ThreadRead};
use model::message::Message;
use model::rights::{AdminRights, Denial};
use model::{ChannelId, MessageId, Peer, UserId};

use super::channel_scene::{Scene, broadcast, create, group, kicked, newest, service, text};
use super::support::{NOW, later};
use crate::ports::acts::ChannelAct;
use crate::ports::boxes::SearchQuery;
use crate::ports::channels::{ChannelChange, Moved, NewChannelMessage};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! discussions_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            discussions,
            $make,
            [
                a_link_joins_two_channels,
                a_link_needs_rights_on_both_sides,
                former_partners_are_parted,
                a_group_that_hides_its_past_is_not_linked,
                a_deleted_channel_leaves_its_group,
                posts_are_copied_and_pinned,
                copies_follow_their_posts,
                copies_have_the_timer_of_their_group,
                comments_are_counted,
                counts_follow_deletions,
                readers_of_the_channel_comment_as_guests,
                guests_may_be_kept_out,
                guests_take_back_what_they_wrote,
                threads_are_read_apart,
                authors_hear_of_readers_once,
                replies_make_threads_in_any_group,
                a_thread_is_searched_alone,
            ]
        );
    };
}

/// A channel with its discussion group, both of the same owner. The channel's member is not in the group.
struct Pair<'a> {
    channel: Scene<'a>,
    group: ChannelId,
}

async fn pair(stores: &Stores) -> Pair<'_> {
    let channel = broadcast(stores).await;
    let group = create(stores, channel.owner, false).await.id;
    let pair = Pair { channel, group };
    pair.link().await.expect("the owner of both may");
    pair
}

impl Pair<'_> {
    async fn link(&self) -> crate::Result<Vec<Channel>> {
        let Scene { stores, owner, id, .. } = self.channel;
        stores.channels.link_discussion(owner, Some(id), Some(self.group), NOW).await
    }

    fn written(&self, sender: UserId, words: &str, reply_to: MessageId) -> NewChannelMessage {
        NewChannelMessage {
            channel: self.group,
            reply_to: Some(reply_to),
            ..self.channel.written(sender, text(words))
        }
    }

    async fn comment(&self, sender: UserId, words: &str, reply_to: MessageId) -> MessageId {
        self.channel.post(self.written(sender, words, reply_to)).await.id
    }

    /// A post, and its copy.
    async fn post(&self, words: &str) -> (MessageId, MessageId) {
        let post = self.channel.say(self.channel.owner, words).await;
        let thread = self.thread(self.channel.member, post).await.expect("it is discussed");
        (post, thread.top)
    }

    async fn thread(&self, viewer: UserId, post: MessageId) -> crate::Result<Thread> {
        self.channel.stores.channels.thread(self.channel.id, viewer, post).await
    }

    async fn in_group(&self, viewer: UserId, id: MessageId) -> Option<Message> {
        let found = self.channel.stores.channels.posts(self.group, viewer, &[id]).await;
        found.expect("readable").pop()
    }

    async fn replies(&self, viewer: UserId, post: MessageId) -> Replies {
        self.channel.message(viewer, post).await.replies.expect("it is discussed")
    }

    async fn described(&self, id: ChannelId) -> Channel {
        self.channel.stores.channels.channels(&[id]).await.expect("readable").remove(0)
    }
}

/// Each names the other.
pub async fn a_link_joins_two_channels(stores: &Stores) {
    let pair = pair(stores).await;
    assert_eq!(pair.described(pair.channel.id).await.linked, Some(pair.group));
    assert_eq!(pair.described(pair.group).await.linked, Some(pair.channel.id));
    assert_eq!(pair.link().await, Err(Error::NotModified));
    let (owner, id) = (pair.channel.owner, pair.channel.id);
    let swapped = stores.channels.link_discussion(owner, Some(pair.group), Some(id), NOW).await;
    assert_eq!(swapped, Err(Error::NotFound));
}

/// Also where the channel has none, or another one; an edit of the post changes nothing of it.
pub async fn copies_have_the_timer_of_their_group(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, id, .. } = pair.channel;
    let timer = |channel, period| {
        stores.channels.act_in_channel(channel, owner, ChannelAct::Timer(period), NOW)
    };
    timer(pair.group, Some(60)).await.unwrap();
    timer(id, Some(500)).await.unwrap();
    let post = NewChannelMessage { clock: later(7), ..pair.channel.written(owner, text("one")) };
    let post = pair.channel.post(post).await.id;
    let copy = pair.thread(owner, post).await.unwrap().top;
    let timed = async || {
        let body = pair.in_group(owner, copy).await.unwrap().body;
        (body.text, body.ttl_period, body.expires)
    };
    assert_eq!(timed().await, ("one".to_owned(), Some(60), Some(later(67))));
    stores.channels.edit_post(id, owner, post, text("two"), None).await.unwrap();
    assert_eq!(timed().await, ("two".to_owned(), Some(60), Some(later(67))));
    let due = stores.channels.expire_posts(later(67), 9).await.unwrap();
    assert_eq!(due.moved.iter().map(|moved| moved.channel).collect::<Vec<_>>(), [pair.group]);
    assert_eq!(pair.in_group(owner, copy).await, None);
    assert_eq!(pair.channel.message(owner, post).await.body.text, "two");
}

/// `change_info` in the channel, `pin_messages` in the group.
pub async fn a_link_needs_rights_on_both_sides(stores: &Stores) {
    let channel = broadcast(stores).await;
    let Scene { owner, admin, id, .. } = channel;
    let group = create(stores, owner, false).await.id;
    let link = || stores.channels.link_discussion(admin, Some(id), Some(group), NOW);
    assert_eq!(link().await, Err(Denial::AdminRequired.into()));
    let here = Scene { id: group, ..channel };
    here.add(&[admin]).await;
    let no_pins = AdminRights { pin_messages: false, ..AdminRights::all() };
    here.grant(owner, admin, no_pins).await.unwrap();
    assert_eq!(link().await, Err(Denial::AdminRequired.into()));
    here.grant(owner, admin, AdminRights::all()).await.unwrap();
    assert_eq!(link().await.unwrap().len(), 2);
}

/// One channel has one group, one group one channel.
pub async fn former_partners_are_parted(stores: &Stores) {
    let pair = pair(stores).await;
    let (owner, id) = (pair.channel.owner, pair.channel.id);
    let other = create(stores, owner, false).await.id;
    let changed = stores.channels.link_discussion(owner, Some(id), Some(other), NOW).await.unwrap();
    assert_eq!(changed.len(), 3);
    assert_eq!(pair.described(pair.group).await.linked, None);
    stores.channels.link_discussion(owner, None, Some(other), NOW).await.unwrap();
    assert_eq!(pair.described(id).await.linked, None);
    assert_eq!(pair.described(other).await.linked, None);
    let nothing = stores.channels.link_discussion(owner, Some(id), None, NOW).await;
    assert_eq!(nothing, Err(Error::NotModified));
}

/// Neither then, nor later.
pub async fn a_group_that_hides_its_past_is_not_linked(stores: &Stores) {
    let channel = broadcast(stores).await;
    let (id, owner) = (channel.id, channel.owner);
    let group = create(stores, owner, false).await.id;
    let here = Scene { id: group, ..channel };
    let hide = || ChannelChange { prehistory_hidden: Some(true), ..ChannelChange::default() };
    here.change(hide()).await;
    let linked = stores.channels.link_discussion(owner, Some(id), Some(group), NOW).await;
    assert_eq!(linked, Err(Error::Conflict));
    here.change(ChannelChange { prehistory_hidden: Some(false), ..ChannelChange::default() }).await;
    stores.channels.link_discussion(owner, Some(id), Some(group), NOW).await.unwrap();
    assert_eq!(stores.channels.change_channel(group, owner, hide()).await, Err(Error::Conflict));
}

/// And the other way round.
pub async fn a_deleted_channel_leaves_its_group(stores: &Stores) {
    let pair = pair(stores).await;
    stores.channels.delete_channel(pair.channel.id, pair.channel.owner).await.unwrap();
    assert_eq!(pair.described(pair.group).await.linked, None);
    assert_eq!(pair.described(pair.channel.id).await.linked, None);
}

/// A post brings its copy, which speaks as the channel; a service message none.
pub async fn posts_are_copied_and_pinned(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, id, member, .. } = pair.channel;
    let posted = pair.channel.try_post(pair.channel.written(owner, text("news"))).await.unwrap();
    let group = pair.described(pair.group).await;
    let moved = Moved { channel: pair.group, pts: group.pts, pts_count: 1 };
    assert_eq!(posted.discussion, Some(moved));
    let none = Replies { comments_in: Some(pair.group), pts: group.pts, ..Replies::default() };
    assert_eq!(posted.message.replies, Some(none));
    assert_eq!(pair.channel.message(owner, posted.message.id).await, posted.message);
    let copy = pair.in_group(owner, group.top_message).await.expect("it is there");
    assert_eq!((copy.body.text.as_str(), copy.pinned, copy.out), ("news", true, false));
    assert_eq!(copy.body.author(copy.from), Peer::Channel(id));
    let header = copy.body.forward.expect("a forward");
    assert_eq!(header.from, Some(Peer::Channel(id)));
    assert_eq!(header.channel_post, Some(posted.message.id));
    assert_eq!(header.saved_from, Some((Peer::Channel(id), posted.message.id)));
    let thread = pair.thread(member, posted.message.id).await.unwrap();
    assert_eq!((thread.group, thread.top), (pair.group, copy.id));
    assert_eq!(thread.post, Some((id, posted.message.id)));
    let told = pair.channel.try_post(pair.channel.written(owner, service())).await.unwrap();
    assert_eq!((told.discussion, told.message.replies), (None, None));
}

/// Edited with it, deleted with it.
pub async fn copies_follow_their_posts(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, id, .. } = pair.channel;
    let (post, copy) = pair.post("draft").await;
    let edit = stores.channels.edit_post(id, owner, post, text("final"), Some(later(5))).await;
    let (_, change) = edit.unwrap();
    let group = pair.described(pair.group).await;
    let moved = Moved { channel: pair.group, pts: group.pts, pts_count: 1 };
    assert_eq!(change.discussion, Some(moved));
    let seen = pair.in_group(owner, copy).await.expect("it is there");
    assert_eq!((seen.body.text.as_str(), seen.edit_date), ("final", Some(later(5))));
    assert_eq!(seen.body.author(seen.from), Peer::Channel(id));
    let (_, change) = stores.channels.delete_posts(id, owner, &[post], NOW).await.unwrap();
    assert_eq!(change.discussion.map(|moved| moved.pts_count), Some(1));
    assert_eq!(pair.in_group(owner, copy).await, None);
    assert_eq!(pair.thread(owner, post).await, Err(Error::NotFound));
}

/// Comments, and replies to comments, with who wrote last.
pub async fn comments_are_counted(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, member, admin, .. } = pair.channel;
    let (post, copy) = pair.post("news").await;
    let first = pair.comment(member, "one", copy).await;
    let second = pair.comment(owner, "two", first).await;
    let third = pair.comment(member, "three", copy).await;
    let group = pair.described(pair.group).await;
    let expected = Replies {
        comments_in: Some(pair.group),
        count: 3,
        pts: group.pts,
        recent: vec![Peer::User(member), Peer::User(owner)],
        max_id: Some(third),
        read_max_id: None,
    };
    assert_eq!(pair.replies(admin, post).await, expected);
    let reply = pair.in_group(owner, second).await.expect("there");
    assert_eq!((reply.reply_to, reply.thread), (Some(first), Some(copy)));
    let root = pair.in_group(owner, copy).await.expect("there");
    let replies = root.replies.expect("counted there too");
    assert_eq!((replies.count, replies.comments_in, replies.recent), (3, None, vec![]));
}

/// What is gone is not counted, and its author not named.
pub async fn counts_follow_deletions(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, member, .. } = pair.channel;
    let (post, copy) = pair.post("news").await;
    let first = pair.comment(member, "one", copy).await;
    let second = pair.comment(owner, "two", copy).await;
    stores.channels.delete_posts(pair.group, owner, &[second], NOW).await.unwrap();
    let replies = pair.replies(member, post).await;
    assert_eq!((replies.count, replies.max_id), (1, Some(first)));
    assert_eq!(replies.recent, [Peer::User(member)]);
    stores.channels.delete_posts(pair.group, owner, &[first], NOW).await.unwrap();
    let replies = pair.replies(member, post).await;
    assert_eq!((replies.count, replies.max_id, replies.recent), (0, None, vec![]));
    stores.channels.delete_posts(pair.group, owner, &[copy], NOW).await.unwrap();
    assert_eq!(pair.channel.message(member, post).await.replies, None);
}

/// Whoever reads the channel may read and comment in its private group, nobody else.
pub async fn readers_of_the_channel_comment_as_guests(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { member, stranger, owner, .. } = pair.channel;
    let (_, copy) = pair.post("news").await;
    let is_guest = |user| stores.channels.is_guest(pair.group, user, NOW);
    assert_eq!(is_guest(member).await, Ok(true));
    assert_eq!(is_guest(stranger).await, Ok(false));
    assert_eq!(is_guest(owner).await, Ok(false), "a member is no guest");
    pair.comment(member, "hello", copy).await;
    let new = pair.written(stranger, "hello", copy);
    assert_eq!(pair.channel.try_post(new).await, Err(Denial::Private.into()));
    let here = Scene { id: pair.group, ..pair.channel };
    here.ban(member, kicked()).await;
    let new = NewChannelMessage { reply_to: Some(copy), ..here.written(member, text("again")) };
    assert_eq!(here.try_post(new).await, Err(Denial::Banned.into()));
}

/// By `join_to_send`.
pub async fn guests_may_be_kept_out(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { member, owner, .. } = pair.channel;
    let (_, copy) = pair.post("news").await;
    let change = ChannelChange { join_to_send: Some(true), ..ChannelChange::default() };
    stores.channels.change_channel(pair.group, owner, change).await.unwrap();
    let new = pair.written(member, "hello", copy);
    assert_eq!(pair.channel.try_post(new).await, Err(Denial::GuestForbidden.into()));
}

fn outside<T>() -> crate::Result<T> {
    Err(Denial::NotParticipant.into())
}

/// And nothing else; who was shown out does not any more.
pub async fn guests_take_back_what_they_wrote(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { member, admin, owner, stranger, .. } = pair.channel;
    let (post, copy) = pair.post("news").await;
    let mut own = Vec::new();
    for words in ["one", "two", "three"] {
        own.push(pair.comment(member, words, copy).await);
    }
    let theirs = pair.comment(admin, "theirs", copy).await;
    let edit = async |user, id, at| {
        let edit = stores.channels.edit_post(pair.group, user, id, text("changed"), at).await;
        edit.map(|(message, _)| message.body.text)
    };
    let delete = async |user, ids: &[MessageId]| {
        stores.channels.delete_posts(pair.group, user, ids, NOW).await.map(|(gone, _)| gone)
    };
    assert_eq!(edit(member, own[0], Some(NOW)).await, Ok("changed".to_owned()));
    assert_eq!(edit(member, own[1], None).await, Ok("changed".to_owned()));
    assert_eq!(edit(member, theirs, Some(NOW)).await, outside());
    assert_eq!(edit(stranger, own[2], Some(NOW)).await, outside());
    assert_eq!(delete(member, &[own[0], theirs]).await, outside());
    assert_eq!(delete(stranger, &own).await, outside());
    assert_eq!(delete(member, &own[..1]).await, Ok(own[..1].to_vec()));
    assert_eq!(pair.replies(owner, post).await.count, 3);
    let here = Scene { id: pair.group, ..pair.channel };
    here.ban(member, kicked()).await;
    assert_eq!(edit(member, own[2], Some(NOW)).await, outside());
    assert_eq!(delete(member, &own[1..]).await, outside());
}

/// A mark for each thread; that of the whole group counts too.
pub async fn threads_are_read_apart(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, member, .. } = pair.channel;
    let (post, copy) = pair.post("news").await;
    let (other, elsewhere) = pair.post("more").await;
    let first = pair.comment(owner, "one", copy).await;
    let second = pair.comment(owner, "two", copy).await;
    pair.comment(owner, "there", elsewhere).await;
    assert_eq!(pair.thread(member, post).await.unwrap().unread_count, 2);
    let read = |max_id| stores.channels.read_thread(pair.group, member, copy, max_id);
    assert_eq!(read(first).await.unwrap().max_id, first);
    let thread = pair.thread(member, post).await.unwrap();
    assert_eq!((thread.unread_count, thread.read_inbox_max), (1, first));
    assert_eq!(pair.replies(member, post).await.read_max_id, Some(first));
    assert_eq!(read(first).await, Err(Error::NotModified));
    assert_eq!(read(MessageId(i32::MAX)).await.unwrap().max_id, second);
    assert_eq!(pair.thread(member, post).await.unwrap().unread_count, 0);
    assert_eq!(pair.thread(member, other).await.unwrap().unread_count, 1);
    let all = stores.dialogs.read_channel(owner, Peer::Channel(pair.group), second, NOW).await;
    all.unwrap();
    assert_eq!(pair.thread(owner, post).await.unwrap().read_inbox_max, second);
    let nothing = stores.channels.read_thread(pair.group, member, first, second).await;
    assert_eq!(nothing, Err(Error::NotFound), "it has no thread of its own");
}

/// The first reader is told of, later ones are not.
pub async fn authors_hear_of_readers_once(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, member, admin, .. } = pair.channel;
    let (post, copy) = pair.post("news").await;
    let first = pair.comment(member, "one", copy).await;
    let second = pair.comment(member, "two", copy).await;
    let read = |user, max_id| stores.channels.read_thread(pair.group, user, copy, max_id);
    let once = ThreadRead { max_id: first, authors: vec![(member, first)] };
    assert_eq!(read(admin, first).await, Ok(once));
    assert_eq!(pair.thread(member, post).await.unwrap().read_outbox_max, first);
    let again = ThreadRead { max_id: second, authors: vec![(member, second)] };
    assert_eq!(read(admin, second).await, Ok(again));
    let later = ThreadRead { max_id: second, authors: vec![] };
    assert_eq!(read(owner, second).await, Ok(later));
    assert_eq!(pair.thread(member, post).await.unwrap().read_outbox_max, second);
}

/// Without any channel.
pub async fn replies_make_threads_in_any_group(stores: &Stores) {
    let scene = group(stores).await;
    let root = scene.say(scene.owner, "question").await;
    assert_eq!(scene.message(scene.member, root).await.replies, None);
    let answer =
        NewChannelMessage { reply_to: Some(root), ..scene.written(scene.member, text("answer")) };
    let answer = scene.post(answer).await;
    assert_eq!((answer.reply_to, answer.thread), (Some(root), Some(root)));
    let replies = scene.message(scene.member, root).await.replies.expect("one was written");
    assert_eq!((replies.count, replies.max_id), (1, Some(answer.id)));
    let thread = stores.channels.thread(scene.id, scene.owner, answer.id).await.unwrap();
    assert_eq!((thread.group, thread.top, thread.post), (scene.id, root, None));
}

/// Its replies and nothing else.
pub async fn a_thread_is_searched_alone(stores: &Stores) {
    let pair = pair(stores).await;
    let Scene { owner, member, .. } = pair.channel;
    let (_, copy) = pair.post("news").await;
    let (_, elsewhere) = pair.post("more").await;
    let first = pair.comment(owner, "red apple", copy).await;
    let second = pair.comment(owner, "green apple", copy).await;
    pair.comment(owner, "red pear", elsewhere).await;
    let search = async |words: &str| {
        let (thread, window) = (Some(copy), newest(10));
        let query =
            SearchQuery { text: words.to_owned(), thread, window, ..SearchQuery::default() };
        let page = stores.channels.search_channel(pair.group, member, query).await.unwrap();
        page.messages.iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!(search("").await, [second, first]);
    assert_eq!(search("red").await, [first]);
}
