//! Cases of the channels port: every act by every kind of person.

use model::message::Action;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{MessageId, UserId};

use super::channel_scene::{Scene, broadcast, group, kicked, text};
use super::support::{NOW, user};
use crate::ports::acts::ChannelAct;
use crate::ports::channels::{AdminGrant, ChannelChange};
use crate::{Error, Result, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_rights_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_rights,
            $make,
            [each_right_in_a_supergroup, each_right_in_a_broadcast_channel, the_owner_hands_over]
        );
    };
}

/// What an act needs a right for.
#[derive(Clone, Copy, Debug)]
enum Act {
    Post,
    EditOther,
    DeleteOther,
    Pin,
    Describe,
    Settle,
    Protect,
    SlowDown,
    Invite,
    Promote,
    Ban,
    React,
}

/// Kinds of people, in the order of the tables' columns.
#[derive(Clone, Copy, Debug)]
enum Role {
    Owner,
    Admin,
    /// An admin with a title and nothing else.
    Powerless,
    Member,
    /// A member who may do none of what members may.
    Restricted,
    Stranger,
    Banned,
}

const ROLES: [Role; 7] = [
    Role::Owner,
    Role::Admin,
    Role::Powerless,
    Role::Member,
    Role::Restricted,
    Role::Stranger,
    Role::Banned,
];

struct Table<'a> {
    scene: Scene<'a>,
    people: [UserId; 7],
    /// A number that is used once.
    fresh: i64,
}

const RESTRICTED: BannedRights = BannedRights {
    send_messages: true,
    change_info: true,
    invite_users: true,
    pin_messages: true,
    ..NOTHING
};

const NOTHING: BannedRights = BannedRights {
    view_messages: false,
    send_messages: false,
    send_media: false,
    send_stickers: false,
    send_gifs: false,
    send_games: false,
    send_inline: false,
    embed_links: false,
    send_polls: false,
    change_info: false,
    invite_users: false,
    pin_messages: false,
    manage_topics: false,
    send_photos: false,
    send_videos: false,
    send_roundvideos: false,
    send_audios: false,
    send_voices: false,
    send_docs: false,
    send_plain: false,
    until: model::UnixTime(0),
};

async fn table(scene: Scene<'_>) -> Table<'_> {
    let [powerless, restricted, banned] = [11, 12, 13].map(|n| user(scene.stores, n));
    let (powerless, restricted, banned) =
        (powerless.await.id, restricted.await.id, banned.await.id);
    scene.add(&[powerless, restricted]).await;
    let title = AdminRights { other: true, ..AdminRights::default() };
    scene.grant(scene.owner, powerless, title).await.unwrap();
    scene.ban(restricted, RESTRICTED).await;
    scene.ban(banned, kicked()).await;
    let people =
        [scene.owner, scene.admin, powerless, scene.member, restricted, scene.stranger, banned];
    Table { scene, people, fresh: 5_000_000 }
}

impl Table<'_> {
    fn fresh(&mut self) -> i64 {
        self.fresh += 1;
        self.fresh
    }

    async fn post(&self) -> MessageId {
        self.scene.say(self.scene.owner, "to be changed").await
    }

    async fn act(&mut self, act: Act, actor: UserId) -> Result<()> {
        let n = self.fresh();
        let (id, somebody) = (self.scene.id, UserId(n));
        let port = &self.scene.stores.channels;
        match act {
            Act::Post => {
                self.scene.try_post(self.scene.written(actor, text("hello"))).await.map(drop)
            }
            Act::EditOther => {
                let post = self.post().await;
                port.edit_post(id, actor, post, text("changed"), None).await.map(drop)
            }
            Act::DeleteOther => {
                let post = self.post().await;
                port.delete_posts(id, actor, &[post], NOW).await.map(drop)
            }
            Act::Pin => {
                let post = self.post().await;
                port.pin_posts(id, actor, &[post], true, NOW).await.map(drop)
            }
            Act::Describe => {
                let title = Some(format!("Title {n}"));
                let change = ChannelChange { title, ..ChannelChange::default() };
                port.change_channel(id, actor, change).await.map(drop)
            }
            Act::Settle => {
                let reactions = Some(Some(vec!["👍".to_owned(), n.to_string()]));
                let change = ChannelChange { reactions, ..ChannelChange::default() };
                port.change_channel(id, actor, change).await.map(drop)
            }
            Act::Protect => {
                let noforwards = Some(!self.scene.channel().await.noforwards);
                let change = ChannelChange { noforwards, ..ChannelChange::default() };
                port.change_channel(id, actor, change).await.map(drop)
            }
            Act::SlowDown => {
                let slow_mode_s = Some(i32::try_from(n).unwrap());
                let change = ChannelChange { slow_mode_s, ..ChannelChange::default() };
                port.change_channel(id, actor, change).await.map(drop)
            }
            Act::Invite => port.invite_to_channel(id, actor, &[somebody], NOW).await.map(drop),
            Act::Promote => {
                let rights = AdminRights { pin_messages: true, ..AdminRights::default() };
                let grant = AdminGrant { user: somebody, rights, rank: None };
                port.set_channel_admin(id, actor, grant, NOW).await.map(drop)
            }
            Act::Ban => port.set_channel_ban(id, actor, somebody, kicked(), NOW).await.map(drop),
            Act::React => {
                let post = self.post().await;
                port.react_to_post(id, actor, post, vec!["👍".to_owned()], NOW).await.map(drop)
            }
        }
    }

    async fn check(&mut self, rows: &[(Act, [Option<Denial>; 7])]) {
        for (act, expected) in rows {
            for ((role, actor), denial) in ROLES.into_iter().zip(self.people).zip(expected) {
                let expected = denial.map_or(Ok(()), |denial| Err(Error::Denied(denial)));
                assert_eq!(self.act(*act, actor).await, expected, "{act:?} by {role:?}");
            }
        }
    }
}

const YES: Option<Denial> = None;
const ADMIN: Option<Denial> = Some(Denial::AdminRequired);
const AUTHOR: Option<Denial> = Some(Denial::NotAuthor);
const OUTSIDE: Option<Denial> = Some(Denial::NotParticipant);
const PRIVATE: Option<Denial> = Some(Denial::Private);
const BANNED: Option<Denial> = Some(Denial::Banned);
const SILENT: Option<Denial> = Some(Denial::WriteForbidden);

/// Members do what nothing forbids; nobody edits the words of others.
pub async fn each_right_in_a_supergroup(stores: &Stores) {
    let mut table = table(group(stores).await).await;
    table
        .check(&[
            // owner, admin, powerless, member, restricted, stranger, banned
            (Act::Post, [YES, YES, YES, YES, SILENT, PRIVATE, BANNED]),
            (Act::EditOther, [YES, AUTHOR, AUTHOR, AUTHOR, AUTHOR, OUTSIDE, OUTSIDE]),
            (Act::DeleteOther, [YES, YES, ADMIN, ADMIN, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Pin, [YES, YES, YES, YES, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Describe, [YES, YES, YES, YES, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Settle, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Protect, [YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Invite, [YES, YES, YES, YES, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Promote, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Ban, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::React, [YES, YES, YES, YES, YES, PRIVATE, BANNED]),
            (Act::SlowDown, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
        ])
        .await;
}

/// Everything needs a right.
pub async fn each_right_in_a_broadcast_channel(stores: &Stores) {
    let mut table = table(broadcast(stores).await).await;
    table
        .check(&[
            // owner, admin, powerless, member, restricted, stranger, banned
            (Act::Post, [YES, YES, ADMIN, ADMIN, ADMIN, PRIVATE, BANNED]),
            (Act::EditOther, [YES, YES, AUTHOR, AUTHOR, AUTHOR, OUTSIDE, OUTSIDE]),
            (Act::DeleteOther, [YES, YES, ADMIN, ADMIN, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Pin, [YES, YES, ADMIN, ADMIN, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Describe, [YES, YES, ADMIN, ADMIN, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Settle, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Protect, [YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Invite, [YES, YES, ADMIN, ADMIN, ADMIN, OUTSIDE, OUTSIDE]),
            (Act::Promote, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::Ban, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
            (Act::React, [YES, YES, YES, YES, YES, PRIVATE, BANNED]),
            (Act::SlowDown, [YES, YES, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN]),
        ])
        .await;
}

/// To a member; the former owner stays an admin of the new one's making.
pub async fn the_owner_hands_over(stores: &Stores) {
    let scene = group(stores).await;
    let Scene { owner, admin, member, stranger, id, .. } = scene;
    let give = async |actor, user| {
        let act = ChannelAct::HandOver(user);
        stores.channels.act_in_channel(id, actor, act, NOW).await
    };
    assert_eq!(give(admin, member).await, Err(Denial::AdminRequired.into()));
    assert_eq!(give(owner, stranger).await, Err(Denial::NotParticipant.into()));
    assert_eq!(give(owner, owner).await, Err(Denial::Owner.into()));
    // Nobody owns it after an account that is gone.
    let leaver = user(stores, 9).await.id;
    scene.add(&[leaver]).await;
    stores.accounts.delete_user(leaver).await.expect("it was there");
    assert_eq!(give(owner, leaver).await, Err(Denial::NotParticipant.into()));
    let told = give(owner, member).await.expect("the owner may");
    let given = told.channel;
    let heard: Vec<_> = told.events.iter().map(|(user, _)| *user).collect();
    assert!(heard.contains(&owner) && heard.contains(&member), "{heard:?}");
    let message = told.posted.expect("a supergroup tells of it").message;
    assert_eq!(message.body.action, Some(Action::ChangeCreator { owner: member }));
    assert_eq!((given.creator, given.admins), (member, 3));
    assert_eq!(scene.channel().await, given);
    let former = scene.row(owner).await.expect("still in");
    assert_eq!((former.admin, former.by), (Some(AdminRights::all()), member));
    assert_eq!(give(owner, admin).await, Err(Denial::AdminRequired.into()));
    assert_eq!(stores.channels.delete_channel(id, owner).await, Err(Denial::AdminRequired.into()));
    stores.channels.delete_channel(id, member).await.expect("the new owner may");
}
