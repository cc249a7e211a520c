//! The tables of rights, continued: what also takes a channel, files among it, and whether the tables name every method.

use std::collections::BTreeSet;

use tl_api::functions::channels as f;
use tl_api::functions::{account, messages, upload};
use tl_api::{enums, types};

use super::channel;
use super::rights::{Method, Scene};
use super::rights_methods::{METHODS, here, methods};
use crate::Dispatcher;
use crate::testing::Device;

/// What takes a peer that is no channel, or a channel only to say where a page begins; and stories, of which nobody has any.
const NOT_OF_CHANNELS: [&str; 10] = [
    "channels.searchPosts",
    "contacts.block",
    "contacts.resetTopPeerRating",
    "contacts.unblock",
    "messages.getDialogs",
    "messages.getSavedDialogs",
    "messages.getSavedHistory",
    "messages.searchGlobal",
    "messages.startBot",
    "stories.getPeerStories",
];

fn notify(scene: &Scene<'_>, by: &Device<'_>) -> enums::InputNotifyPeer {
    types::InputNotifyPeer { peer: here(scene, by) }.into()
}

fn dialog(scene: &Scene<'_>, by: &Device<'_>) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer: here(scene, by) }.into()
}

fn hash(scene: &Scene<'_>) -> String {
    scene.link.rsplit('+').next().unwrap_or_default().to_owned()
}

/// A file of somebody's own, ready to be sent.
async fn file(by: &Device<'_>, id: i64) -> enums::InputMedia {
    let bytes = format!("file {id}").into_bytes();
    by.ok(upload::SaveFilePart { file_id: id, file_part: 0, bytes }).await;
    let name = "a.txt".to_owned();
    let file = types::InputFile { id, parts: 1, name, ..Default::default() }.into();
    let mime_type = "text/plain".to_owned();
    types::InputMediaUploadedDocument { file, mime_type, ..Default::default() }.into()
}

async fn album(by: &Device<'_>) -> Vec<enums::InputSingleMedia> {
    let mut album = Vec::new();
    for random_id in [91, 92] {
        let media = file(by, random_id).await;
        let message = String::new();
        album.push(
            types::InputSingleMedia { media, random_id, message, ..Default::default() }.into(),
        );
    }
    album
}

pub(super) const OF_MORE: &[(&str, Method)] = methods! {
    "account.getNotifySettings": |s, by| account::GetNotifySettings { peer: notify(s, by) };
    "account.updateNotifySettings": |s, by| account::UpdateNotifySettings {
        peer: notify(s, by),
        settings: types::InputPeerNotifySettings::default().into(),
    };
    "channels.checkUsername": |s, by| f::CheckUsername {
        channel: by.input_channel(s.id),
        username: "a_free_name".to_owned(),
    };
    "channels.deleteHistory for oneself": |s, by| f::DeleteHistory {
        channel: by.input_channel(s.id),
        max_id: s.post,
        ..Default::default()
    };
    "channels.setDiscussionGroup to a group of one's own": |s, by| f::SetDiscussionGroup {
        broadcast: by.input_channel(s.id),
        group: by.input_channel(channel(by, false).await),
    };
    "messages.checkChatInvite": |s, by| messages::CheckChatInvite { hash: hash(s) };
    "messages.deleteHistory": |s, by| messages::DeleteHistory {
        peer: here(s, by),
        ..Default::default()
    };
    "messages.getMessageReadParticipants": |s, by| messages::GetMessageReadParticipants {
        peer: here(s, by),
        msg_id: s.post,
    };
    "messages.getOutboxReadDate": |s, by| messages::GetOutboxReadDate {
        peer: here(s, by),
        msg_id: s.post,
    };
    "messages.getUnreadReactions": |s, by| messages::GetUnreadReactions {
        peer: here(s, by),
        limit: 9,
        ..Default::default()
    };
    "messages.hidePeerSettingsBar": |s, by| messages::HidePeerSettingsBar { peer: here(s, by) };
    "messages.importChatInvite": |s, by| messages::ImportChatInvite { hash: hash(s) };
    "messages.readHistory": |s, by| messages::ReadHistory { peer: here(s, by), max_id: s.post };
    "messages.reorderPinnedDialogs": |s, by| messages::ReorderPinnedDialogs {
        order: vec![dialog(s, by)],
        ..Default::default()
    };
    "messages.saveDefaultSendAs": |s, by| messages::SaveDefaultSendAs {
        peer: here(s, by),
        send_as: enums::InputPeer::InputPeerSelf,
    };
    "messages.saveDefaultSendAs as itself": |s, by| messages::SaveDefaultSendAs {
        peer: here(s, by),
        send_as: here(s, by),
    };
    "messages.sendMultiMedia": |s, by| messages::SendMultiMedia {
        peer: here(s, by),
        multi_media: album(by).await,
        ..Default::default()
    };
    "messages.uploadMedia": |s, by| messages::UploadMedia {
        peer: here(s, by),
        media: file(by, 93).await,
        ..Default::default()
    };
};

/// Methods of the newest layer with a parameter of one of these types.
fn taking_a_chat() -> impl Iterator<Item = &'static str> {
    let types = [":InputChannel", ":InputPeer", ":InputDialogPeer", ":InputNotifyPeer"];
    let lines = include_str!("../../../../../../schema/functions.tl").lines();
    lines.filter(|line| line.ends_with("-230")).filter_map(move |line| {
        let (name, rest) = line.split_once('#')?;
        types.iter().any(|one| rest.contains(one)).then_some(name)
    })
}

#[test]
fn every_method_that_takes_a_channel_is_in_the_tables() {
    let rows = METHODS.concat();
    let named: BTreeSet<&str> =
        rows.iter().map(|(name, _)| name.split(' ').next().unwrap_or_default()).collect();
    let dispatcher = Dispatcher::default();
    let served: BTreeSet<&str> = dispatcher.names().collect();
    let wanted: BTreeSet<&str> = taking_a_chat().filter(|name| served.contains(name)).collect();
    assert!(wanted.len() > 80, "the schema was read: {}", wanted.len());
    let missing: Vec<_> = wanted.difference(&named).collect();
    let missing: Vec<_> =
        missing.into_iter().filter(|name| !NOT_OF_CHANNELS.contains(name)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
