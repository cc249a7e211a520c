//! A basic group becomes a supergroup.

use model::{ChannelId, Peer};
use tl_api::functions::{channels, messages as f};
use tl_api::{enums, types};

use super::groups::group;
use super::{actions, history, say, text};
use crate::testing::{World, list};

fn supergroup(updates: &[enums::Update]) -> ChannelId {
    let found = updates.iter().find_map(|update| match update {
        enums::Update::UpdateChannel(update) => Some(ChannelId(update.channel_id)),
        _ => None,
    });
    found.expect("updateChannel")
}

#[tokio::test]
async fn everyone_moves_and_the_old_group_is_closed() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let chat = group(&anna, &[&ben]).await;
    let peer = Peer::Chat(chat);
    say(&ben, ben.input_peer(peer), "before").await;
    let request = || f::MigrateChat { chat_id: chat.0 };
    assert_eq!(carl.fails(request()).await, "CHAT_ID_INVALID");
    assert_eq!(ben.fails(request()).await, "CHAT_ADMIN_REQUIRED");

    let mut listener = ben.listen().await;
    let updates = anna.ok(request()).await;
    let enums::Updates::Updates(answer) = &updates else { panic!("{updates:?}") };
    let closed = answer.chats.iter().find_map(|chat| match chat {
        enums::Chat::Chat(chat) => Some(chat),
        _ => None,
    });
    let closed = closed.expect("the old group");
    let updates = list(updates.clone());
    let id = supergroup(&updates);
    assert!(closed.deactivated);
    let Some(enums::InputChannel::InputChannel(to)) = &closed.migrated_to else {
        panic!("{closed:?}")
    };
    assert_eq!(to.channel_id, id.0);
    let farewell = types::MessageActionChatMigrateTo { channel_id: id.0 };
    let welcome =
        types::MessageActionChannelMigrateFrom { title: "Club".to_owned(), chat_id: chat.0 };
    assert_eq!(actions(&updates), [farewell.clone().into(), welcome.into()]);
    let heard = listener.hear().await;
    assert_eq!(supergroup(&heard), id);
    assert_eq!(actions(&heard).first(), Some(&farewell.into()));

    assert_eq!(ben.fails(text(ben.input_peer(peer), "late", 7)).await, "CHAT_ID_INVALID");
    let there = ben.input_peer(Peer::Channel(id));
    say(&ben, there.clone(), "after").await;
    let now = history(&ben, there).await;
    assert_eq!((now.len(), now[0].1.as_str()), (2, "after"));
    let request = channels::GetFullChannel { channel: ben.input_channel(id) };
    let enums::messages::ChatFull::ChatFull(full) = ben.ok(request).await;
    let enums::ChatFull::ChannelFull(full) = full.full_chat else { panic!("{full:?}") };
    let newest = history(&ben, ben.input_peer(peer)).await[0].0;
    assert_eq!(
        (full.migrated_from_chat_id, full.migrated_from_max_id),
        (Some(chat.0), Some(newest))
    );
    assert_eq!((full.participants_count, full.hidden_prehistory), (Some(2), true));
}
