//! A data folder with many accounts, written through the storage ports: registering thousands over the wire would take
//! longer than what is measured. Every account has an auth key of its own, which the load generator knows.

use std::path::Path;
use std::sync::Arc;

use backends::Enrolled;
use crypto::{AuthKey, Sealer};
use model::account::{Authorization, ClientInfo, Phone, StoredKey};
use model::{AuthKeyId, AuthorizationHash, ChannelId, Peer, UnixTime, UserId};
use services::AccessHashes;
use services::access::HashKind;
use store::Stores;
use store::ports::channels::NewChannel;
use tl_api::types;
use tokio::task::JoinSet;

use crate::client::{Random, now, random};
use crate::server::{Result, Server};

/// Calls that wait for the database at the same time: enough for full groups.
const AT_ONCE: usize = 512;
/// The first id of those who are enrolled all at once.
const ENROLLED: i64 = 500_000_000;
/// The channel's public name.
pub(crate) const CHANNEL_NAME: &str = "bench_channel";

/// An account and the key that it is signed in with.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user: UserId,
    pub(crate) key: AuthKey,
}

/// A server with its accounts; it is not started yet.
pub(crate) struct Population {
    pub(crate) server: Server,
    pub(crate) accounts: Vec<Account>,
    channel: Option<ChannelId>,
}

impl Population {
    /// Makes a folder with `count` accounts. With `channel` the first one owns a public channel and the others are in it.
    pub(crate) async fn prepare(binary: &Path, count: usize, channel: bool) -> Result<Self> {
        Self::make(binary, count, channel.then_some(count)).await
    }

    /// A channel with its owner and subscribers, `members` together, and `strangers` behind them who are not in it.
    pub(crate) async fn prepare_beside(
        binary: &Path,
        members: usize,
        strangers: usize,
    ) -> Result<Self> {
        let mut population = Self::make(binary, members + strangers, Some(members)).await?;
        // The first start makes the secret behind access hashes.
        population.server.start()?;
        population.server.kill();
        Ok(population)
    }

    async fn make(binary: &Path, count: usize, members: Option<usize>) -> Result<Self> {
        let server = Server::new(binary)?;
        // `hoopoe key` makes the folder with its secrets.
        server.key()?;
        let sealer = Arc::new(Sealer::new(secret(&server.data(), "kek")?));
        let stores = backends::open(&server.data(), backends::ViewKey::of_tools(), &|_, _| {})
            .map_err(|e| e.to_string())?;
        let accounts = sign_up_all(&stores, &sealer, count).await?;
        let channel = match members {
            Some(members) => Some(found_channel(&stores, &accounts[..members]).await?),
            None => None,
        };
        stores.upkeep.tidy().await.map_err(|error| error.to_string())?;
        Ok(Self { server, accounts, channel })
    }

    /// As [`Population::prepare`] with a channel; it then grows to this many subscribers, of whom the others never sign in.
    pub(crate) async fn prepare_audience(
        binary: &Path,
        count: usize,
        subscribers: usize,
    ) -> Result<Self> {
        let population = Self::prepare(binary, count, true).await?;
        let others = i64::try_from(subscribers.saturating_sub(count)).unwrap_or(0);
        let (data, channel) = (population.server.data(), population.channel()?);
        let enrolled = backends::enroll(&data, channel, ENROLLED..ENROLLED + others, unix_time());
        enrolled.map_err(|error| error.to_string())?;
        Ok(population)
    }

    /// A channel with its owner and so many subscribers that one by one they would take too long: each with a key that it is
    /// signed in with, and without a phone number.
    pub(crate) async fn prepare_crowd(binary: &Path, subscribers: usize) -> Result<Self> {
        let mut population = Self::prepare(binary, 1, true).await?;
        let data = population.server.data();
        let (channel, sealer) = (population.channel()?, Sealer::new(secret(&data, "kek")?));
        let (accounts, at) = (&mut population.accounts, unix_time());
        accounts.reserve_exact(subscribers);
        let people = (ENROLLED..).take(subscribers).map(|id| {
            let user = UserId(id);
            let (key, stored, authorization) = device(&sealer, user, at);
            accounts.push(Account { user, key });
            Enrolled { user, device: Some((stored, authorization)) }
        });
        let enrolled = backends::enroll_devices(&data, channel, people, at);
        enrolled.map_err(|error| error.to_string())?;
        Ok(population)
    }

    /// The channel.
    pub(crate) fn channel(&self) -> Result<ChannelId> {
        self.channel.ok_or_else(|| "there is no channel".to_owned())
    }

    /// The stores, while the server does not run.
    pub(crate) fn stores(&self) -> Result<Stores> {
        backends::open(&self.server.data(), backends::ViewKey::of_tools(), &|_, _| {})
            .map_err(|error| error.to_string())
    }

    /// The channel as somebody names it; the server has run once.
    pub(crate) fn channel_of(&self, account: &Account) -> Result<types::InputChannel> {
        let channel_id = self.channel()?.0;
        let access_hash = self.access_hashes()?.hash(account.user, HashKind::Channel, channel_id);
        Ok(types::InputChannel { channel_id, access_hash })
    }

    /// The access hashes of this server, which has run once.
    pub(crate) fn access_hashes(&self) -> Result<AccessHashes> {
        Ok(AccessHashes::new(secret(&self.server.data(), "node")?))
    }
}

fn secret(data: &Path, name: &str) -> Result<[u8; 32]> {
    let path = data.join("secrets").join(name);
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    bytes.try_into().map_err(|_| format!("{} is no secret of ours", path.display()))
}

async fn sign_up_all(stores: &Stores, sealer: &Arc<Sealer>, count: usize) -> Result<Vec<Account>> {
    let numbers: Vec<usize> = (0..count).collect();
    let mut accounts = Vec::with_capacity(count);
    for group in numbers.chunks(AT_ONCE) {
        let mut calls = JoinSet::new();
        for number in group {
            calls.spawn(sign_up(stores.clone(), Arc::clone(sealer), *number));
        }
        while let Some(account) = calls.join_next().await {
            accounts.push(account.map_err(|error| error.to_string())??);
        }
    }
    accounts.sort_by_key(|account| account.user);
    Ok(accounts)
}

async fn sign_up(stores: Stores, sealer: Arc<Sealer>, number: usize) -> Result<Account> {
    let said = |error: store::Error| error.to_string();
    let at = unix_time();
    let phone = Phone::parse(&format!("+1888{number:07}")).ok_or("no phone number")?;
    let name = format!("Reader {number}");
    let user = stores.accounts.create_user(phone, name, String::new(), at).await.map_err(said)?.id;
    let (key, stored, authorization) = device(&sealer, user, at);
    stores.keys.insert_key(stored).await.map_err(said)?;
    stores.keys.authorize(authorization).await.map_err(said)?;
    Ok(Account { user, key })
}

/// A key of somebody's, and how it is stored and signed in.
fn device(sealer: &Sealer, user: UserId, at: UnixTime) -> (AuthKey, StoredKey, Authorization) {
    let mut bytes = [0; 256];
    mtproto::Random::fill(&mut Random, &mut bytes);
    let key = AuthKey::new(bytes);
    let id = AuthKeyId(key.id());
    let stored = StoredKey {
        id,
        sealed: sealer.seal(&sealed_for(id), &bytes, &mut Random),
        layer: tl_api::LAYER,
        created: at,
        dc: 2,
        expires: None,
        bound_to: None,
        bound_until: None,
    };
    let authorization = Authorization {
        hash: AuthorizationHash(random()),
        key: id,
        user,
        client: ClientInfo { layer: tl_api::LAYER, ..ClientInfo::default() },
        ip: "127.0.0.1".to_owned(),
        created: at,
        active: at,
    };
    (key, stored, authorization)
}

/// What the server binds a sealed key to: a word, and the key's id.
fn sealed_for(id: AuthKeyId) -> [u8; 16] {
    let mut context = *b"auth-key........";
    context[8..].copy_from_slice(&id.0.to_le_bytes());
    context
}

/// The time of day.
pub(crate) fn unix_time() -> UnixTime {
    UnixTime(i64::try_from(now().wall.unix_secs()).unwrap_or_default())
}

async fn found_channel(stores: &Stores, accounts: &[Account]) -> Result<ChannelId> {
    let said = |error: store::Error| error.to_string();
    let (owner, members) = accounts.split_first().ok_or("a channel needs its owner")?;
    let at = unix_time();
    let new = NewChannel {
        creator: owner.user,
        title: "Bench".to_owned(),
        about: String::new(),
        broadcast: true,
        now: at,
        ttl_period: None,
    };
    let channel: ChannelId = stores.channels.create_channel(new).await.map_err(said)?.id;
    let name = Some(CHANNEL_NAME.to_owned());
    stores.accounts.set_username(Peer::Channel(channel), name).await.map_err(said)?;
    for group in members.chunks(AT_ONCE) {
        let mut calls = JoinSet::new();
        for member in group {
            let (channels, user) = (Arc::clone(&stores.channels), member.user);
            calls.spawn(async move { channels.join_channel(channel, user, None, at).await });
        }
        while let Some(joined) = calls.join_next().await {
            joined.map_err(|error| error.to_string())?.map_err(said)?;
        }
    }
    Ok(channel)
}
