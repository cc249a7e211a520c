//! Cases of the schedules port.

use model::limits::SCHEDULED_PER_CHAT;
use model::message::{Action, Body};
use model::rights::Denial;
use model::schedule::{Schedule, Scheduled};
use model::{MessageId, Peer, UserId};

use super::channel_scene::{broadcast, newest};
use super::support::{NOW, later, people};
use super::writing::keep_carried;
use crate::ports::acts::box_message;
use crate::ports::boxes::BoxPeer;
use crate::ports::schedule::{Release, Released};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! schedule_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            schedule,
            $make,
            [
                a_schedule_lists_what_waits,
                what_waits_is_changed_and_forgotten,
                what_is_postponed_keeps_its_edits,
                what_is_due_is_sent_once,
                what_is_sent_follows_what_the_chat_begins_with,
                nothing_is_early_but_by_wish,
                posts_share_a_schedule,
                who_may_not_write_schedules_nothing,
                what_is_refused_stays,
                a_schedule_is_bounded,
                a_deleted_channel_forgets_its_posts,
                what_waits_keeps_its_file,
                timers_begin_when_it_is_sent,
            ]
        );
    };
}

fn waiting(schedule: Schedule, sender: UserId, random_id: i64, in_s: i64) -> Scheduled {
    Scheduled {
        schedule,
        id: MessageId(0),
        sender,
        random_id,
        date: later(in_s),
        edit_date: None,
        body: Body { text: format!("text {random_id}"), ..Body::default() },
        reply_to: None,
        mentions: Vec::new(),
        forwards: None,
    }
}

/// A scheduled message needs its photo as one that was sent does.
pub async fn what_waits_keeps_its_file(stores: &Stores) {
    let [ann] = people(stores).await;
    keep_carried(stores).await;
    let list = Schedule::Own(ann, Peer::User(ann));
    let mut new = waiting(list, ann, 1, 9);
    new.body.media = Some(super::writing::photo());
    let ids = keep(stores, vec![new]).await;
    let left = async || {
        // Past the day after which an unused file is abandoned.
        while stores.media.destroy_unneeded(later(100_000), 9).await.unwrap() > 0 {}
        stores.media.photos(&[model::PhotoId(1)]).await.unwrap().len()
    };
    assert_eq!(left().await, 1);
    stores.schedule.unschedule(list, &ids).await.unwrap();
    assert_eq!(left().await, 0);
}

/// Not when it was written.
pub async fn timers_begin_when_it_is_sent(stores: &Stores) {
    let [ann] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ann));
    let mut new = waiting(list, ann, 1, 9);
    new.body.ttl_period = Some(5);
    let ids = keep(stores, vec![new]).await;
    let release = Release { ttl_period: Some(60), ..all_of(list, &ids, 9) };
    stores.schedule.release(release).await.unwrap();
    let sent = super::writing::message(stores, ann, MessageId(1)).await;
    assert_eq!(sent.body.expires, Some(later(69)));
}

async fn keep(stores: &Stores, messages: Vec<Scheduled>) -> Vec<MessageId> {
    let kept = stores.schedule.schedule(messages, NOW).await.expect("there is room");
    kept.into_iter().map(|one| one.id).collect()
}

async fn listed(stores: &Stores, schedule: Schedule) -> Vec<String> {
    let found = stores.schedule.scheduled(schedule, None).await.expect("readable");
    found.into_iter().map(|one| one.body.text).collect()
}

fn all_of(schedule: Schedule, ids: &[MessageId], in_s: i64) -> Release {
    let now = later(in_s);
    Release {
        schedule,
        ids: ids.to_vec(),
        now,
        clock: now,
        early: false,
        ttl_period: None,
        beginning: None,
    }
}

/// Latest first; a repetition is no second message, and another chat is another list.
pub async fn a_schedule_lists_what_waits(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let other = Schedule::Own(ann, Peer::User(ann));
    let ids = keep(stores, vec![waiting(list, ann, 1, 60), waiting(list, ann, 2, 50)]).await;
    keep(stores, vec![waiting(other, ann, 3, 60)]).await;
    assert_eq!(keep(stores, vec![waiting(list, ann, 1, 99)]).await, ids[..1]);
    assert_eq!(listed(stores, list).await, ["text 1", "text 2"]);
    let one = stores.schedule.scheduled(list, Some(&ids[1..])).await.unwrap();
    assert_eq!(one.iter().map(|one| one.random_id).collect::<Vec<_>>(), [2]);
    assert_eq!(listed(stores, Schedule::Own(ben, Peer::User(ann))).await, [""; 0]);
}

/// Numbers are not given out again at once.
pub async fn what_waits_is_changed_and_forgotten(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let ids = keep(stores, vec![waiting(list, ann, 1, 60)]).await;
    let changed = Scheduled {
        id: ids[0],
        edit_date: Some(NOW),
        body: Body { text: "other".to_owned(), ..Body::default() },
        ..waiting(list, ann, 1, 90)
    };
    stores.schedule.reschedule(changed.clone()).await.unwrap();
    assert_eq!(
        stores.schedule.scheduled(list, None).await.unwrap(),
        std::slice::from_ref(&changed)
    );
    assert_eq!(stores.schedule.due(later(60), 9).await.unwrap(), []);
    assert_eq!(stores.schedule.due(later(90), 9).await.unwrap(), std::slice::from_ref(&changed));
    assert_eq!(stores.schedule.unschedule(list, &[ids[0], MessageId(9)]).await.unwrap(), ids);
    assert_eq!(stores.schedule.reschedule(changed).await, Err(Error::NotFound));
    let next = keep(stores, vec![waiting(list, ann, 4, 60)]).await;
    assert_ne!(next, ids);
}

/// Only its date moves, and never to an earlier one.
pub async fn what_is_postponed_keeps_its_edits(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let ids = keep(stores, vec![waiting(list, ann, 1, 60), waiting(list, ann, 2, 99)]).await;
    let body = Body { text: "edited".to_owned(), ..Body::default() };
    let edited = Scheduled { id: ids[0], body, ..waiting(list, ann, 1, 60) };
    stores.schedule.reschedule(edited.clone()).await.unwrap();
    let all = [ids[0], ids[1], MessageId(9)];
    stores.schedule.postpone(list, &all, later(80)).await.unwrap();
    assert_eq!(stores.schedule.due(later(79), 9).await.unwrap(), []);
    let moved = Scheduled { date: later(80), ..edited };
    assert_eq!(stores.schedule.due(later(80), 9).await.unwrap(), [moved]);
    assert_eq!(stores.schedule.due(later(99), 9).await.unwrap().len(), 2);
}

/// Into both boxes, with its random id; afterwards it is nowhere else.
pub async fn what_is_due_is_sent_once(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let ids = keep(stores, vec![waiting(list, ann, 1, 10), waiting(list, ann, 2, 10)]).await;
    let released = stores.schedule.release(all_of(list, &ids, 12)).await.unwrap();
    let Released::Boxes { begun: None, sent } = released else { panic!("boxes") };
    let copies: Vec<_> = sent.iter().map(|(id, sent)| (*id, sent.copies.len())).collect();
    assert_eq!(copies, [(ids[0], 2), (ids[1], 2)]);
    let page = stores.boxes.history(ben, Peer::User(ann), newest(9)).await.unwrap();
    let seen: Vec<_> = page
        .messages
        .iter()
        .map(|one| (one.body.text.as_str(), one.date, one.body.from_scheduled))
        .collect();
    assert_eq!(seen, [("text 2", later(12), true), ("text 1", later(12), true)]);
    assert_eq!(stores.schedule.release(all_of(list, &ids, 12)).await, Err(Error::NotFound));
    assert_eq!(listed(stores, list).await, [""; 0]);
    assert_eq!(stores.boxes.history(ann, Peer::User(ben), newest(9)).await.unwrap().total, 2);
}

/// The chat's timer as it is then, and right after what the chat begins with: or nothing of both.
pub async fn what_is_sent_follows_what_the_chat_begins_with(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let body = Body { text: "text 1".to_owned(), ttl_period: Some(60), ..Body::default() };
    let ids = keep(stores, vec![Scheduled { body, ..waiting(list, ann, 1, 10) }]).await;
    let action = Action::SetMessagesTtl { period_s: 86400, by_default_of: Some(ann) };
    let beginning = || Some(box_message(BoxPeer::User(ben), (ann, action.clone()), later(12)));
    let with =
        |ids| Release { ttl_period: Some(86400), beginning: beginning(), ..all_of(list, ids, 12) };
    assert_eq!(stores.schedule.release(with(&[MessageId(9)])).await, Err(Error::NotFound));
    let read = || stores.boxes.history(ben, Peer::User(ann), newest(9));
    assert_eq!(read().await.unwrap().total, 0);
    let released = stores.schedule.release(with(&ids)).await.unwrap();
    let Released::Boxes { begun: Some(_), sent } = released else { panic!("boxes") };
    assert_eq!(sent.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    let page = read().await.unwrap();
    let seen: Vec<_> = page.messages.iter().map(|one| &one.body).collect();
    let [message, first] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((message.text.as_str(), message.ttl_period), ("text 1", Some(86400)));
    assert_eq!(first.action, Some(action.clone()));
}

/// The author may send it at once.
pub async fn nothing_is_early_but_by_wish(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ben));
    let ids = keep(stores, vec![waiting(list, ann, 1, 10)]).await;
    assert_eq!(stores.schedule.due(later(9), 9).await.unwrap(), []);
    assert_eq!(stores.schedule.release(all_of(list, &ids, 9)).await, Err(Error::NotFound));
    assert_eq!(listed(stores, list).await, ["text 1"]);
    let early = Release { early: true, ..all_of(list, &ids, 9) };
    assert!(stores.schedule.release(early).await.is_ok());
    assert_eq!(listed(stores, list).await, [""; 0]);
}

/// Of a broadcast channel.
pub async fn posts_share_a_schedule(stores: &Stores) {
    let scene = broadcast(stores).await;
    let list = Schedule::Posts(scene.id);
    let new = vec![waiting(list, scene.owner, 1, 10), waiting(list, scene.admin, 1, 11)];
    let ids = keep(stores, new).await;
    assert_eq!(listed(stores, list).await, ["text 1", "text 1"]);
    let released = stores.schedule.release(all_of(list, &ids, 11)).await.unwrap();
    let Released::Log(posted) = released else { panic!("a log") };
    let authors: Vec<_> = posted.iter().map(|(_, posted)| posted.message.from).collect();
    assert_eq!(authors, [scene.owner, scene.admin]);
    assert_eq!(scene.texts(scene.member).await.len(), 2);
}

/// The same rules as of sending.
pub async fn who_may_not_write_schedules_nothing(stores: &Stores) {
    let scene = broadcast(stores).await;
    let list = Schedule::Posts(scene.id);
    for user in [scene.member, scene.stranger] {
        let refused = stores.schedule.schedule(vec![waiting(list, user, 1, 10)], NOW).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    }
    assert_eq!(listed(stores, list).await, [""; 0]);
}

/// Nothing of it is sent, nothing is lost.
pub async fn what_is_refused_stays(stores: &Stores) {
    let scene = broadcast(stores).await;
    let list = Schedule::Posts(scene.id);
    let new = vec![waiting(list, scene.owner, 1, 10), waiting(list, scene.admin, 2, 10)];
    let ids = keep(stores, new).await;
    stores.channels.leave_channel(scene.id, scene.admin, NOW).await.unwrap();
    let refused = stores.schedule.release(all_of(list, &ids, 10)).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    assert_eq!(listed(stores, list).await, ["text 2", "text 1"]);
    assert_eq!(scene.texts(scene.member).await, [""; 0]);
}

/// So that a list is read whole.
pub async fn a_schedule_is_bounded(stores: &Stores) {
    let [ann] = people(stores).await;
    let list = Schedule::Own(ann, Peer::User(ann));
    let count = i64::try_from(SCHEDULED_PER_CHAT).unwrap();
    keep(stores, (1..=count).map(|n| waiting(list, ann, n, 10)).collect()).await;
    let more = stores.schedule.schedule(vec![waiting(list, ann, count + 1, 10)], NOW).await;
    assert_eq!(more, Err(Denial::TooMany.into()));
    assert_eq!(stores.schedule.due(later(10), 7).await.unwrap().len(), 7);
}

/// And everyone's own.
pub async fn a_deleted_channel_forgets_its_posts(stores: &Stores) {
    let scene = broadcast(stores).await;
    let list = Schedule::Posts(scene.id);
    keep(stores, vec![waiting(list, scene.owner, 1, 10)]).await;
    stores.channels.delete_channel(scene.id, scene.owner).await.unwrap();
    assert_eq!(listed(stores, list).await, [""; 0]);
    assert_eq!(stores.schedule.due(later(10), 9).await.unwrap(), []);
}
