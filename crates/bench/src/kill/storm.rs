//! People who come into a channel and leave it, all at once: after a kill each of them is where they were told that they are, and the
//! counts and the figures of the channel say the same as its list.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use model::ChannelId;
use model::UnixTime;
use model::series::Counted;
use tl_api::{enums, functions, types};
use tokio::sync::Mutex;

use crate::client::{CallError, Client, Identity};
use crate::server::{Result, Server};

/// How many.
const PEOPLE: usize = 8;
const USERNAME: &str = "kill_storm";

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// What one of them knows.
#[derive(Default)]
struct Ledger {
    inside: bool,
    /// Comes in (or leaves), and has no answer yet.
    pending: Option<bool>,
    joins: i64,
    leaves: i64,
}

impl Ledger {
    fn done(&mut self, inside: bool) {
        self.pending = None;
        if inside != self.inside {
            self.inside = inside;
            *(if inside { &mut self.joins } else { &mut self.leaves }) += 1;
        }
    }
}

/// One who comes and goes.
pub(super) struct Visitor {
    identity: Identity,
    user: i64,
    channel: enums::InputChannel,
    ledger: Mutex<Ledger>,
}

impl Visitor {
    /// Comes and goes until the connection is lost.
    pub(super) async fn work(self: Arc<Self>, address: SocketAddr) -> Result<()> {
        let Ok(mut client) = Client::connect(address, &self.identity.key).await else {
            return Ok(());
        };
        loop {
            let (enter, again) = {
                let mut ledger = self.ledger.lock().await;
                let again = ledger.pending.is_some();
                let enter = ledger.pending.unwrap_or(!ledger.inside);
                ledger.pending = Some(enter);
                (enter, again)
            };
            match self.act(&mut client, enter).await {
                Ok(()) => self.ledger.lock().await.done(enter),
                // The one before the kill was done.
                Err(CallError::Refused(400, said)) if again && said.ends_with("_PARTICIPANT") => {
                    self.ledger.lock().await.done(enter);
                }
                // Enough for this round, or for this server.
                Err(CallError::Refused(420, _) | CallError::Lost(_)) => return Ok(()),
                Err(refused) => return Err(format!("a visitor was refused: {refused}")),
            }
        }
    }

    async fn act(&self, client: &mut Client, enter: bool) -> std::result::Result<(), CallError> {
        let channel = self.channel.clone();
        if enter {
            client.call(&functions::channels::JoinChannel { channel }).await.map(drop)
        } else {
            client.call(&functions::channels::LeaveChannel { channel }).await.map(drop)
        }
    }
}

/// The channel and those who come and go.
pub(super) struct Storm {
    owner: Identity,
    channel: types::InputChannel,
    pub(super) visitors: Vec<Arc<Visitor>>,
}

impl Storm {
    /// A public channel of `owner`, and new people.
    pub(super) async fn new(
        server: &Server,
        rsa: &crypto::RsaPublicKey,
        (client, owner): (&mut Client, &Identity),
        made: types::InputChannel,
    ) -> Result<Self> {
        let username = USERNAME.to_owned();
        let request =
            functions::channels::UpdateUsername { channel: made.clone().into(), username };
        client.call(&request).await.map_err(text)?;
        let mut visitors = Vec::new();
        for number in 0..PEOPLE {
            let phone = format!("+1666400{number:03}");
            let (mut visitor, identity) = Client::sign_up(server, rsa, &phone).await?;
            let enums::InputPeer::InputPeerUser(peer) = client.meet(&identity).await? else {
                return Err("a visitor is nobody".to_owned());
            };
            let channel = resolve(&mut visitor).await?;
            visitors.push(Arc::new(Visitor {
                identity,
                user: peer.user_id,
                channel,
                ledger: Mutex::default(),
            }));
        }
        Ok(Self { owner: owner.clone(), channel: made, visitors })
    }

    /// Everybody is where they were told; the count is that of the list.
    pub(super) async fn check(&self, address: SocketAddr) -> Result<()> {
        let mut client = Client::connect(address, &self.owner.key).await?;
        let (inside, counted) = members(&mut client, &self.channel).await?;
        // And the owner.
        if usize::try_from(counted).ok() != Some(inside.len()) {
            return Err(format!("{counted} members are counted, {} are listed", inside.len()));
        }
        for visitor in &self.visitors {
            let is_inside = inside.contains(&visitor.user);
            let mut ledger = visitor.ledger.lock().await;
            let known = ledger.inside == is_inside;
            match ledger.pending {
                Some(wanted) if wanted == is_inside => ledger.done(is_inside),
                _ if known => {}
                _ => {
                    let told = if ledger.inside { "came in" } else { "left" };
                    return Err(format!("somebody {told}, and after the kill did not"));
                }
            }
        }
        Ok(())
    }

    /// The figures tell of every coming and going once. The server does not run.
    pub(super) async fn check_figures(&self, server: &Server) -> Result<String> {
        let stores = backends::open(&server.data(), backends::ViewKey::of_tools(), &|_, _| {})
            .map_err(text)?;
        let channel = ChannelId(self.channel.channel_id);
        let (from, until) = (UnixTime(0), UnixTime(i64::MAX));
        let points = stores.statistics.channel_series(channel, from, until).await.map_err(text)?;
        let sum = |wanted: fn(&Counted) -> bool| -> i64 {
            points.iter().filter(|point| wanted(&point.what)).map(|point| point.count).sum()
        };
        let joined = sum(|what| matches!(what, Counted::Joined(_)));
        let left = sum(|what| matches!(what, Counted::Left));
        let (mut joins, mut leaves) = (0, 0);
        for visitor in &self.visitors {
            let ledger = visitor.ledger.lock().await;
            joins += ledger.joins;
            leaves += ledger.leaves;
        }
        if joins == 0 || leaves == 0 {
            return Err("nobody came or nobody left".to_owned());
        }
        if (joined, left) != (joins, leaves) {
            return Err(format!(
                "the figures tell of {joined} who came and {left} who left; there were {joins} and {leaves}"
            ));
        }
        Ok(format!("{joins} came in, {leaves} left"))
    }
}

async fn resolve(client: &mut Client) -> Result<enums::InputChannel> {
    let username = USERNAME.to_owned();
    let request = functions::contacts::ResolveUsername { username, referer: None };
    let found = client.call(&request).await.map_err(text)?;
    let enums::contacts::ResolvedPeer::ResolvedPeer(found) = found;
    match found.chats.into_iter().next() {
        Some(enums::Chat::Channel(channel)) => Ok(types::InputChannel {
            channel_id: channel.id,
            access_hash: channel.access_hash.unwrap_or_default(),
        }
        .into()),
        _ => Err("the channel was not found".to_owned()),
    }
}

/// The people of a channel but its owner as they are listed, with the owner for a zero; and how many are counted.
async fn members(
    client: &mut Client,
    channel: &types::InputChannel,
) -> Result<(BTreeSet<i64>, i32)> {
    let request = functions::channels::GetParticipants {
        channel: channel.clone().into(),
        filter: enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
        offset: 0,
        limit: 200,
        hash: 0,
    };
    let answer = client.call(&request).await.map_err(text)?;
    let enums::channels::ChannelParticipants::ChannelParticipants(list) = answer else {
        return Err("no list of members".to_owned());
    };
    let people = list.participants.iter().map(|participant| match participant {
        enums::ChannelParticipant::ChannelParticipant(participant) => participant.user_id,
        _ => 0,
    });
    let people: BTreeSet<i64> = people.collect();
    if people.len() != list.participants.len() {
        return Err("somebody is listed twice".to_owned());
    }
    let request = functions::channels::GetFullChannel { channel: channel.clone().into() };
    let enums::messages::ChatFull::ChatFull(full) = client.call(&request).await.map_err(text)?;
    let enums::ChatFull::ChannelFull(full) = full.full_chat else {
        return Err("no channel".to_owned());
    };
    if full.participants_count != Some(list.count) {
        return Err(format!(
            "the channel counts {:?} members, its list {}",
            full.participants_count, list.count
        ));
    }
    Ok((people, list.count))
}
