//! Random steps on channels of SQLite and of the in-memory reference have the same answers, and devices that read the log
//! from anywhere end up with the same history.

use std::collections::BTreeMap;
use std::fmt::Debug;

use model::channel::row_of;
use model::dialog::HistoryWindow;
use model::event::{ChannelEntry, ChannelEvent};
use model::invariants::{START, check_run};
use model::message::{Action, Body, MediaClass, Message};
use model::rights::{AdminRights, BannedRights};
use model::{ChannelId, MessageId, Peer, Pts, UserId};
use proptest::prelude::*;
use store::Stores;
use store::conformance::support::{NOW, later, people};
use store::conformance::writing::{keep_carried, photo};
use store::memory::MemoryStore;
use store::ports::accounts::FIRST_USER;
use store::ports::boxes::SearchQuery;
use store::ports::channels::{
    AdminGrant, ChannelChange, FIRST_CHANNEL, NewChannel, NewChannelMessage, ParticipantFilter,
};
use store::ports::dialogs::SeenReactions;

/// The broadcast channel, and the supergroup.
const CHANNELS: [ChannelId; 2] = [ChannelId(FIRST_CHANNEL), ChannelId(FIRST_CHANNEL + 1)];

/// One call of the port; people, messages and words are few, so that steps meet.
#[derive(Clone, Debug)]
enum Step {
    Join { user: UserId, at: i64 },
    Leave { user: UserId },
    Invite { actor: UserId, user: UserId, at: i64 },
    Promote { actor: UserId, user: UserId, rights: AdminRights },
    Restrict { actor: UserId, user: UserId, rights: BannedRights, at: i64 },
    Name { named: bool },
    Change { actor: UserId, change: ChannelChange },
    Post { messages: Vec<NewChannelMessage> },
    Edit { actor: UserId, id: MessageId, words: &'static str, shown: bool },
    Delete { actor: UserId, ids: Vec<MessageId> },
    Pin { actor: UserId, ids: Vec<MessageId>, pinned: bool },
    React { user: UserId, id: MessageId, emoji: Vec<String> },
    View { user: UserId, ids: Vec<MessageId>, increment: bool },
    Forward { ids: Vec<MessageId> },
    Read { user: UserId, id: MessageId },
    See { user: UserId, ids: Vec<MessageId> },
    SeeAll { user: UserId, limit: i32 },
    Delivered { device: usize, limit: i32 },
    NewDevice,
    Vanish { actor: UserId },
}

fn user() -> impl Strategy<Value = UserId> {
    (0..4_i64).prop_map(|n| UserId(FIRST_USER + n))
}

/// Somebody, or the broadcast channel, which some write as in the supergroup.
fn user_or_name() -> impl Strategy<Value = UserId> {
    prop_oneof![4 => user(), 1 => Just(row_of(CHANNELS[0]))]
}

fn id() -> impl Strategy<Value = MessageId> {
    (1..14_i32).prop_map(MessageId)
}

fn ids() -> impl Strategy<Value = Vec<MessageId>> {
    prop::collection::vec(id(), 0..4)
}

fn at() -> impl Strategy<Value = i64> {
    0..50_i64
}

fn words() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["apple", "apple pie", "Pear", "cherry tart; apples", ""])
}

fn emoji() -> impl Strategy<Value = Vec<String>> {
    let one = prop::sample::select(vec!["👍", "🔥", "🎉", "🐟"]).prop_map(str::to_owned);
    prop::collection::vec(one, 0..5)
}

fn admin_rights() -> impl Strategy<Value = AdminRights> {
    any::<[bool; 7]>().prop_map(|[post, edit, delete, ban, invite, pin, add]| AdminRights {
        post_messages: post,
        edit_messages: edit,
        delete_messages: delete,
        ban_users: ban,
        invite_users: invite,
        pin_messages: pin,
        add_admins: add,
        ..AdminRights::default()
    })
}

fn banned_rights() -> impl Strategy<Value = BannedRights> {
    (any::<[bool; 4]>(), prop::option::of(at())).prop_map(|([view, send, plain, pin], until)| {
        BannedRights {
            view_messages: view && send,
            send_messages: send,
            send_plain: plain,
            pin_messages: pin,
            until: until.map(later).unwrap_or_default(),
            ..BannedRights::default()
        }
    })
}

fn change() -> impl Strategy<Value = ChannelChange> {
    let none = ChannelChange::default;
    prop_oneof![
        any::<bool>().prop_map(move |on| ChannelChange { prehistory_hidden: Some(on), ..none() }),
        any::<bool>().prop_map(move |on| ChannelChange { join_request: Some(on), ..none() }),
        (0..20_i32).prop_map(move |s| ChannelChange { slow_mode_s: Some(s), ..none() }),
        words().prop_map(move |title| ChannelChange { title: Some(title.to_owned()), ..none() }),
        banned_rights().prop_map(move |rights| ChannelChange {
            default_banned: Some(BannedRights { view_messages: false, ..rights }),
            ..none()
        }),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    (words(), 0..12_u8, prop::option::of(1..3_i64)).prop_map(|(words, kind, grouped_id)| Body {
        text: words.to_owned(),
        media: (kind == 0).then(photo),
        action: (kind == 1).then_some(Action::PinMessage),
        ttl_period: (kind == 2).then_some(60),
        send_as: (kind == 3).then_some(CHANNELS[0]),
        grouped_id,
        ..Body::default()
    })
}

/// Their channel is set when the step is taken.
fn message() -> impl Strategy<Value = NewChannelMessage> {
    let random_id = prop::option::of(1..8_i64);
    let who = (user(), prop::collection::vec(user(), 0..2), any::<bool>());
    (who, random_id, at(), body(), prop::option::of(id())).prop_map(
        |((sender, mentions, clear_draft), random_id, at, body, reply_to)| NewChannelMessage {
            sender,
            channel: ChannelId(0),
            random_id,
            date: later(at),
            clock: later(at),
            body,
            reply_to,
            mentions,
            clear_draft,
        },
    )
}

fn member_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (user(), at()).prop_map(|(user, at)| Step::Join { user, at }),
        user().prop_map(|user| Step::Leave { user }),
        (user(), user(), at()).prop_map(|(actor, user, at)| Step::Invite { actor, user, at }),
        (user(), user(), admin_rights()).prop_map(|(actor, user, rights)| Step::Promote {
            actor,
            user,
            rights
        }),
        (user(), user_or_name(), banned_rights(), at())
            .prop_map(|(actor, user, rights, at)| Step::Restrict { actor, user, rights, at }),
        any::<bool>().prop_map(|named| Step::Name { named }),
        (user(), change()).prop_map(|(actor, change)| Step::Change { actor, change }),
    ]
}

fn log_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec(message(), 1..4).prop_map(|messages| Step::Post { messages }),
        1 => (user(), id(), words(), any::<bool>())
            .prop_map(|(actor, id, words, shown)| Step::Edit { actor, id, words, shown }),
        1 => (user(), ids()).prop_map(|(actor, ids)| Step::Delete { actor, ids }),
        1 => (user(), ids(), any::<bool>())
            .prop_map(|(actor, ids, pinned)| Step::Pin { actor, ids, pinned }),
    ]
}

fn reader_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (user(), id(), emoji()).prop_map(|(user, id, emoji)| Step::React { user, id, emoji }),
        (user(), ids(), any::<bool>()).prop_map(|(user, ids, increment)| Step::View {
            user,
            ids,
            increment
        }),
        ids().prop_map(|ids| Step::Forward { ids }),
        (user(), id()).prop_map(|(user, id)| Step::Read { user, id }),
        (user(), ids()).prop_map(|(user, ids)| Step::See { user, ids }),
        (user(), 0..3_i32).prop_map(|(user, limit)| Step::SeeAll { user, limit }),
        (0..6_usize, 1..5_i32).prop_map(|(device, limit)| Step::Delivered { device, limit }),
        Just(Step::NewDevice),
    ]
}

fn steps() -> impl Strategy<Value = Vec<(ChannelId, Step)>> {
    let vanish = user().prop_map(|actor| Step::Vanish { actor });
    let step = prop_oneof![
        30 => member_step(),
        60 => log_step(),
        50 => reader_step(),
        1 => vanish,
    ];
    prop::collection::vec((prop::sample::select(&CHANNELS[..]), step), 1..80)
}

fn text(answer: impl Debug) -> String {
    format!("{answer:?}")
}

async fn take(stores: &Stores, id: ChannelId, step: Step) -> String {
    match step {
        Step::Join { .. }
        | Step::Leave { .. }
        | Step::Invite { .. }
        | Step::Promote { .. }
        | Step::Restrict { .. }
        | Step::Name { .. }
        | Step::Change { .. }
        | Step::Vanish { .. } => take_member(stores, id, step).await,
        _ => take_log(stores, id, step).await,
    }
}

async fn take_member(stores: &Stores, id: ChannelId, step: Step) -> String {
    let port = &stores.channels;
    match step {
        Step::Join { user, at } => text(port.join_channel(id, user, None, later(at)).await),
        Step::Leave { user } => text(port.leave_channel(id, user, later(0)).await),
        Step::Invite { actor, user, at } => {
            text(port.invite_to_channel(id, actor, &[user], later(at)).await)
        }
        Step::Promote { actor, user, rights } => {
            let grant = AdminGrant { user, rights, rank: None };
            text(port.set_channel_admin(id, actor, grant, later(9)).await)
        }
        Step::Restrict { actor, user, rights, at } => {
            text(port.set_channel_ban(id, actor, user, rights, later(at)).await)
        }
        Step::Name { named } => {
            let name = named.then(|| format!("channel_{}", id.0));
            text(stores.accounts.set_username(Peer::Channel(id), name).await)
        }
        Step::Change { actor, change } => text(port.change_channel(id, actor, change).await),
        Step::Vanish { actor } => text(port.delete_channel(id, actor).await),
        other => text(other),
    }
}

async fn take_log(stores: &Stores, id: ChannelId, step: Step) -> String {
    let port = &stores.channels;
    match step {
        Step::Post { messages } => {
            let here = messages.into_iter().map(|new| NewChannelMessage { channel: id, ..new });
            text(port.post(here.collect()).await)
        }
        Step::Edit { actor, id: post, words, shown } => {
            // In whose name it is written is not edited.
            let before = port.posts(id, UserId(0), &[post]).await.unwrap().pop();
            let send_as = before.and_then(|message| message.body.send_as);
            let body = Body { text: words.to_owned(), send_as, ..Body::default() };
            text(port.edit_post(id, actor, post, body, shown.then(|| later(70))).await)
        }
        Step::Delete { actor, ids } => text(port.delete_posts(id, actor, &ids, later(60)).await),
        Step::Pin { actor, ids, pinned } => {
            text(port.pin_posts(id, actor, &ids, pinned, later(60)).await)
        }
        Step::React { user, id: post, emoji } => {
            text(port.react_to_post(id, user, post, emoji, later(0)).await)
        }
        Step::View { user, ids, increment } => {
            text(port.count_views(id, user, &ids, increment.then_some(NOW)).await)
        }
        Step::Forward { ids } => text(port.count_forwards(id, &ids, NOW).await),
        Step::Read { user, id: mark } => {
            text(stores.dialogs.read_channel(user, Peer::Channel(id), mark, later(0)).await)
        }
        Step::See { user, ids } => {
            let seen = SeenReactions::InChannel(id, ids.clone());
            let seen = text(stores.dialogs.see_reactions(user, seen, later(0)).await);
            seen + &text(port.read_post_contents(id, user, &ids).await)
        }
        Step::SeeAll { user, limit } => {
            let thread = (limit == 2).then_some(MessageId(1));
            let seen = SeenReactions::Oldest(Peer::Channel(id), thread, limit);
            let seen = text(stores.dialogs.see_reactions(user, seen, later(0)).await);
            seen + &text(port.read_post_mentions(id, user, thread, limit).await)
        }
        other => text(other),
    }
}

/// What the people see of a channel.
async fn observe(stores: &Stores, id: ChannelId) -> String {
    let (port, owner) = (&stores.channels, UserId(FIRST_USER));
    let mut seen = text(port.channels(&[id]).await);
    let named = |query: &str| query.to_owned();
    for filter in [
        ParticipantFilter::Recent,
        ParticipantFilter::Admins,
        ParticipantFilter::Kicked(named("")),
        ParticipantFilter::Banned(named("")),
        ParticipantFilter::Search(named("first2")),
    ] {
        seen += &text(port.participants(id, owner, filter, &[], (0, 9)).await);
    }
    for n in 0..4 {
        let viewer = UserId(FIRST_USER + n);
        seen += &text(port.participant(id, viewer).await);
        seen += &text(port.channels_of(viewer).await);
        seen += &text(port.rows_of_owned(id, viewer).await);
        seen += &text(port.memberships(viewer).await);
        let mut page = stores.dialogs.peer_dialogs(viewer, &[Peer::Channel(id)]).await.unwrap();
        // A list may show counters of a second ago.
        page.messages.iter_mut().for_each(|message| message.counters = None);
        seen += &text(page);
        seen += &text(stores.dialogs.unread_reactions(viewer, Peer::Channel(id), None, 9).await);
        seen += &text(port.channel_outbox_mark(id, viewer).await);
        seen += &text(port.channel_history(id, viewer, window(n)).await);
        for query in queries(viewer) {
            seen += &text(port.search_channel(id, viewer, query).await);
        }
        let after = Pts(START.0 + i32::try_from(n).unwrap_or(0) * 3);
        seen += &text(port.channel_events(id, viewer, after, 9).await);
    }
    seen
}

fn window(n: i64) -> HistoryWindow {
    let n = i32::try_from(n).unwrap_or(0);
    let base = HistoryWindow { limit: 20, ..HistoryWindow::default() };
    match n {
        0 => base,
        1 => HistoryWindow { offset_id: MessageId(5), add_offset: -2, limit: 4, ..base },
        2 => HistoryWindow { offset_date: later(20), ..base },
        _ => HistoryWindow { offset_id: MessageId(9), add_offset: 2, ..base },
    }
}

fn queries(viewer: UserId) -> Vec<SearchQuery> {
    let base = || SearchQuery { window: window(0), ..SearchQuery::default() };
    vec![
        SearchQuery { text: "app".to_owned(), ..base() },
        SearchQuery { text: "pie apple".to_owned(), max_date: later(30), ..base() },
        SearchQuery { from: Some(Peer::User(viewer)), ..base() },
        SearchQuery { from: Some(Peer::Channel(CHANNELS[0])), ..base() },
        SearchQuery { classes: vec![MediaClass::Photo], ..base() },
        SearchQuery { pinned: true, ..base() },
        SearchQuery { unread_mentions: true, ..base() },
    ]
}

/// A device of the owner: it knew the whole history once, and hears of the log ever since.
struct Device {
    channel: ChannelId,
    pts: Pts,
    messages: BTreeMap<MessageId, Message>,
}

impl Device {
    async fn new(stores: &Stores, channel: ChannelId) -> Self {
        let known = stores.channels.channels(&[channel]).await.unwrap().remove(0);
        let messages = history(stores, channel).await;
        Self { channel, pts: known.pts, messages }
    }

    /// Hears of the next events.
    async fn hear(&mut self, stores: &Stores, limit: i32) -> usize {
        let owner = UserId(FIRST_USER);
        let events = stores.channels.channel_events(self.channel, owner, self.pts, limit).await;
        let events = events.unwrap();
        let positions = events.iter().map(|entry| (entry.pts, entry.pts_count));
        self.pts = check_run(positions, self.pts).unwrap();
        let heard = events.len();
        events.into_iter().for_each(|entry| self.apply(entry));
        heard
    }

    fn apply(&mut self, entry: ChannelEntry) {
        match entry.event {
            ChannelEvent::NewMessage(message) | ChannelEvent::EditMessage(message) => {
                self.messages.extend(message.map(|message| (message.id, message)));
            }
            ChannelEvent::DeleteMessages(ids) => {
                self.messages.retain(|id, _| !ids.contains(id));
            }
            ChannelEvent::PinnedMessages { ids, pinned } => {
                let concerned = self.messages.iter_mut().filter(|(id, _)| ids.contains(id));
                concerned.for_each(|(_, message)| message.pinned = pinned);
            }
        }
    }
}

async fn history(stores: &Stores, channel: ChannelId) -> BTreeMap<MessageId, Message> {
    let window = HistoryWindow { limit: 100, ..HistoryWindow::default() };
    let page = stores.channels.channel_history(channel, UserId(FIRST_USER), window).await.unwrap();
    assert_eq!(
        page.total,
        i32::try_from(page.messages.len()).unwrap(),
        "a page holds the whole log"
    );
    page.messages.into_iter().map(|message| (message.id, message)).collect()
}

/// What the log alone tells of a message: counters, reactions and what is seen are told otherwise.
fn told(messages: BTreeMap<MessageId, Message>) -> Vec<(MessageId, Body, bool)> {
    messages.into_iter().map(|(id, message)| (id, message.body, message.pinned)).collect()
}

async fn prepare(stores: &Stores) {
    keep_carried(stores).await;
    let [owner, ..] = people::<4>(stores).await;
    for broadcast in [true, false] {
        let (title, about) = ("Title".to_owned(), String::new());
        let (now, ttl_period) = (later(0), None);
        let new = NewChannel { creator: owner, title, about, broadcast, now, ttl_period };
        stores.channels.create_channel(new).await.unwrap();
    }
}

/// Both stores, and the devices that listen to the one under test.
struct Run {
    sqlite: Stores,
    memory: Stores,
    devices: Vec<Device>,
    /// Channels that were deleted: their devices hear no more.
    gone: Vec<ChannelId>,
}

impl Run {
    async fn step(&mut self, id: ChannelId, step: Step) {
        match step {
            Step::NewDevice => self.devices.push(Device::new(&self.sqlite, id).await),
            Step::Delivered { device, limit } => {
                let device = self.devices.get_mut(device);
                if let Some(device) = device.filter(|one| !self.gone.contains(&one.channel)) {
                    device.hear(&self.sqlite, limit).await;
                }
            }
            step => {
                let said = text(&step);
                let vanishes = matches!(step, Step::Vanish { .. });
                let reference = take(&self.memory, id, step.clone()).await;
                if vanishes && reference.starts_with("Ok") {
                    self.gone.push(id);
                }
                assert_eq!(take(&self.sqlite, id, step).await, reference, "{id:?} {said}");
            }
        }
    }

    async fn look(&self, id: ChannelId) {
        assert_eq!(observe(&self.sqlite, id).await, observe(&self.memory, id).await);
    }

    /// Every device that hears everything knows the same.
    async fn finish(self) {
        let Self { sqlite, devices, gone, .. } = self;
        for mut device in devices.into_iter().filter(|device| !gone.contains(&device.channel)) {
            while device.hear(&sqlite, 3).await > 0 {}
            assert_eq!(told(device.messages), told(history(&sqlite, device.channel).await));
        }
        let report = sqlite.upkeep.check(&|_, _| {}).await.unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
    }
}

async fn compare(steps: Vec<(ChannelId, Step)>) {
    let (sqlite, _folder) = super::sqlite().await;
    let memory = MemoryStore::stores();
    prepare(&sqlite).await;
    prepare(&memory).await;
    let mut run = Run { sqlite, memory, devices: Vec::new(), gone: Vec::new() };
    let last = steps.len() - 1;
    for (place, (id, step)) in steps.into_iter().enumerate() {
        run.step(id, step).await;
        // Everything is looked at now and then, as that takes longest.
        if place % 8 == 7 || place == last {
            run.look(id).await;
        }
    }
    run.finish().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_channels_equal_the_reference(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare(steps));
    }
}
