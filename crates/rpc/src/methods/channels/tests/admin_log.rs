//! `channels.getAdminLog`: what it tells, how it is cut, and what it does not keep.

use model::ChannelId;
use tl_api::enums::ChannelAdminLogEventAction as Action;
use tl_api::functions::channels as f;
use tl_api::functions::messages;
use tl_api::{enums, types};

use super::{admin_of, ban, channel, invite, kick, post};
use crate::testing::{Device, World};

fn log(by: &Device<'_>, id: ChannelId) -> f::GetAdminLog {
    f::GetAdminLog { channel: by.input_channel(id), limit: 100, ..Default::default() }
}

async fn told(by: &Device<'_>, request: f::GetAdminLog) -> Vec<types::ChannelAdminLogEvent> {
    let enums::channels::AdminLogResults::AdminLogResults(page) = by.ok(request).await;
    let known = |id: i64| {
        page.users.iter().any(|user| matches!(user, enums::User::User(user) if user.id == id))
    };
    page.events
        .into_iter()
        .map(|enums::ChannelAdminLogEvent::ChannelAdminLogEvent(event)| {
            assert!(known(event.user_id), "the answer has everyone that it names");
            event
        })
        .collect()
}

#[tokio::test]
async fn acts_are_told_newest_first_and_filtered() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    invite(&anna, id, &[&ben]).await;
    let rights = types::ChatAdminRights { change_info: true, ..Default::default() };
    anna.ok(admin_of(&anna, id, &ben, rights)).await;
    ben.ok(f::EditTitle { channel: ben.input_channel(id), title: "Other".to_owned() }).await;
    anna.ok(ban(&anna, id, &ben, kick())).await;
    let all = told(&anna, log(&anna, id)).await;
    let kinds = all.iter().map(|event| std::mem::discriminant(&event.action));
    let title = types::ChannelAdminLogEventActionChangeTitle {
        prev_value: "News".to_owned(),
        new_value: "Other".to_owned(),
    };
    assert_eq!(all[1].action, title.into());
    assert_eq!((kinds.count(), all[1].user_id), (4, ben.user().0));
    assert!(matches!(all[0].action, Action::ChannelAdminLogEventActionParticipantToggleBan(_)));
    assert!(matches!(all[2].action, Action::ChannelAdminLogEventActionParticipantToggleAdmin(_)));
    assert!(matches!(all[3].action, Action::ChannelAdminLogEventActionParticipantInvite(_)));
    let ids = |events: Vec<types::ChannelAdminLogEvent>| -> Vec<i64> {
        events.iter().map(|event| event.id).collect()
    };
    let place = |n: usize| all[n].id;
    let older = f::GetAdminLog { max_id: place(1), limit: 1, ..log(&anna, id) };
    assert_eq!(ids(told(&anna, older).await), [place(2)]);
    let newer = f::GetAdminLog { min_id: place(1), ..log(&anna, id) };
    assert_eq!(ids(told(&anna, newer).await), [place(0)]);
    let info = types::ChannelAdminLogEventsFilter { info: true, kick: true, ..Default::default() };
    let chosen = f::GetAdminLog { events_filter: Some(info.into()), ..log(&anna, id) };
    assert_eq!(ids(told(&anna, chosen).await), [place(0), place(1)]);
    let of_ben = f::GetAdminLog { admins: Some(vec![anna.input_user(&ben)]), ..log(&anna, id) };
    assert_eq!(ids(told(&anna, of_ben).await), [place(1)]);
    let words = f::GetAdminLog { q: "oTHe".to_owned(), ..log(&anna, id) };
    assert_eq!(ids(told(&anna, words).await), [place(1)]);
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_the_log() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let message = post(&anna, id, "the first wording").await;
    let peer = anna.input_peer(model::Peer::Channel(id));
    let edit = messages::EditMessage {
        peer,
        id: message,
        message: Some("the second wording".to_owned()),
        ..Default::default()
    };
    anna.ok(edit).await;
    let before = format!("{:?}", told(&anna, log(&anna, id)).await);
    assert!(before.contains("the first wording") && before.contains("the second wording"));
    anna.ok(f::DeleteMessages { channel: anna.input_channel(id), id: vec![message] }).await;
    let after = told(&anna, log(&anna, id)).await;
    assert!(!format!("{after:?}").contains("wording"), "{after:?}");
    let Action::ChannelAdminLogEventActionDeleteMessage(gone) = &after[0].action else {
        panic!("{after:?}")
    };
    assert!(matches!(&gone.message, enums::Message::Message(gone) if gone.id == message));
    assert_eq!(after.len(), 2);
}

#[tokio::test]
async fn two_days_later_nothing_is_told() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    anna.ok(f::EditTitle { channel: anna.input_channel(id), title: "Other".to_owned() }).await;
    assert_eq!(told(&anna, log(&anna, id)).await.len(), 1);
    world.pass(model::admin_log::KEPT_S + 1);
    assert_eq!(told(&anna, log(&anna, id)).await, []);
    services::channels::admin_log::forget_old(&world.core).await.unwrap();
    let left = world.core.stores.admin_log.admin_log(id, 0, 0, 9).await.unwrap();
    assert_eq!(left, []);
}
