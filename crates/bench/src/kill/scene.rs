//! The people, chats and jobs of a kill loop, and the comparison of what is read with what was acknowledged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tl_api::{enums, functions, types};

use tokio::task::JoinHandle;

use super::check::{check, check_files};
use super::job::{Job, Kind};
use super::later::Planner;
use super::listen::Listener;
use super::read::{Reader, history};
use super::storm::{Storm, Visitor};
use crate::client::{Client, Identity};
use crate::server::{Result, Server};

/// People who write to each other.
const PEOPLE: usize = 4;

/// A job, the readers that must see what it writes, and the chat by which its author finds it.
struct Watched {
    job: Arc<Job>,
    readers: Vec<usize>,
    peer: enums::InputPeer,
}

/// Everything that is written and read.
pub(super) struct Scene {
    jobs: Vec<Arc<Job>>,
    watched: Vec<Watched>,
    people: Vec<Identity>,
    /// The boxes of all people, then the channel and the supergroup.
    readers: Vec<(Identity, Reader)>,
    /// Subscribers of the channel, and which reader reads it.
    listeners: (Vec<Arc<Listener>>, usize),
    heard: usize,
    /// Of the channel as well.
    planner: Option<Arc<Planner>>,
    storm: Option<Storm>,
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Scene {
    /// Signs people up and makes the chats.
    pub(super) async fn new(server: &Server, rsa: &crypto::RsaPublicKey) -> Result<Self> {
        let mut clients = Vec::new();
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let (client, identity) =
                Client::sign_up(server, rsa, &format!("+1666000{number:03}")).await?;
            clients.push(client);
            people.push(identity);
        }
        let mut peers = Vec::new();
        for (index, client) in clients.iter_mut().enumerate() {
            let mut known = Vec::new();
            for (other, identity) in people.iter().enumerate() {
                known.push(if other == index {
                    enums::InputPeer::InputPeerSelf
                } else {
                    client.meet(identity).await?
                });
            }
            peers.push(known);
        }
        let mut scene = Self {
            jobs: Vec::new(),
            watched: Vec::new(),
            readers: Vec::new(),
            people,
            listeners: (Vec::new(), 0),
            heard: 0,
            planner: None,
            storm: None,
        };
        for identity in &scene.people {
            scene.readers.push((identity.clone(), Reader::new(None)));
        }
        for (index, name) in ["text0", "text1", "text2", "text3"].into_iter().enumerate() {
            let other = (index + 1) % PEOPLE;
            let peer = peers[index][other].clone();
            scene.watch(name, index, Kind::Text(peer.clone()), vec![index, other], peer);
        }
        let peer = peers[0][2].clone();
        scene.watch("file", 0, Kind::File(peer.clone()), vec![0, 2], peer);
        scene.add_group(&mut clients[2], &peers[2]).await?;
        for broadcast in [true, false] {
            scene.add_channel(&mut clients, &peers[0], broadcast).await?;
        }
        let made = make_channel(&mut clients[3], true).await?;
        let owner = (&mut clients[3], &scene.people[3]);
        scene.storm = Some(Storm::new(server, rsa, owner, made).await?);
        Ok(scene)
    }

    /// Everything that goes on until the server is killed.
    pub(super) fn load(&self, address: SocketAddr) -> Vec<JoinHandle<Result<()>>> {
        let jobs = self.jobs.iter().map(|job| tokio::spawn(Job::work(Arc::clone(job), address)));
        let (listeners, _) = &self.listeners;
        let listeners =
            listeners.iter().map(|one| tokio::spawn(Listener::work(Arc::clone(one), address)));
        let visitors = self.storm.iter().flat_map(|storm| &storm.visitors);
        let visitors = visitors.map(|one| tokio::spawn(Visitor::work(Arc::clone(one), address)));
        let planner =
            self.planner.iter().map(|one| tokio::spawn(Planner::work(Arc::clone(one), address)));
        jobs.chain(listeners).chain(visitors).chain(planner).collect()
    }

    fn watch(
        &mut self,
        name: &'static str,
        author: usize,
        kind: Kind,
        readers: Vec<usize>,
        peer: enums::InputPeer,
    ) {
        let job = Job::new(name, &self.people[author], kind);
        self.jobs.push(Arc::clone(&job));
        self.watched.push(Watched { job, readers, peer });
    }

    async fn add_group(&mut self, client: &mut Client, peers: &[enums::InputPeer]) -> Result<()> {
        let users = peers.iter().filter_map(user_of).collect();
        let request =
            functions::messages::CreateChat { users, title: "Load".to_owned(), ttl_period: None };
        let enums::messages::InvitedUsers::InvitedUsers(made) =
            client.call(&request).await.map_err(text)?;
        let chat_id = chats(&made.updates)
            .iter()
            .find_map(|chat| if let enums::Chat::Chat(chat) = chat { Some(chat.id) } else { None })
            .ok_or("no group")?;
        let peer = types::InputPeerChat { chat_id }.into();
        self.watch("title", 2, Kind::Title(chat_id), (0..PEOPLE).collect(), peer);
        Ok(())
    }

    /// Made by the first person; the second one reads it.
    async fn add_channel(
        &mut self,
        clients: &mut [Client],
        peers: &[enums::InputPeer],
        broadcast: bool,
    ) -> Result<()> {
        let owner = make_channel(&mut clients[0], broadcast).await?;
        let invite = functions::channels::InviteToChannel {
            channel: owner.clone().into(),
            users: peers[1..].iter().filter_map(user_of).collect(),
        };
        clients[0].call(&invite).await.map_err(text)?;
        let request = functions::messages::GetDialogs {
            offset_peer: enums::InputPeer::InputPeerEmpty,
            limit: 20,
            ..Default::default()
        };
        let dialogs = clients[1].call(&request).await.map_err(text)?;
        let theirs = match &dialogs {
            enums::messages::Dialogs::Dialogs(list) => find_channel(&list.chats, owner.channel_id),
            enums::messages::Dialogs::DialogsSlice(list) => {
                find_channel(&list.chats, owner.channel_id)
            }
            enums::messages::Dialogs::DialogsNotModified(_) => None,
        };
        let theirs = types::InputChannel {
            channel_id: owner.channel_id,
            access_hash: theirs.and_then(|channel| channel.access_hash).ok_or("not added")?,
        };
        let reader = self.readers.len();
        let identity = self.people[1].clone();
        self.readers.push((identity, Reader::new(Some(theirs.clone().into()))));
        if broadcast {
            let listeners = self.people[1..].iter();
            let listeners = listeners.map(|one| Listener::new(one, owner.channel_id)).collect();
            self.listeners = (listeners, reader);
            let types::InputChannel { channel_id, access_hash } = owner;
            let peer = types::InputPeerChannel { channel_id, access_hash }.into();
            self.planner = Some(Planner::new(&self.people[0], peer));
        }
        let (name, second) = if broadcast { ("post", None) } else { ("group0", Some("group1")) };
        for (author, name, channel) in [(0, Some(name), owner), (1, second, theirs)] {
            let Some(name) = name else { continue };
            let types::InputChannel { channel_id, access_hash } = channel;
            let peer: enums::InputPeer = types::InputPeerChannel { channel_id, access_hash }.into();
            self.watch(name, author, Kind::Text(peer.clone()), vec![reader], peer);
        }
        Ok(())
    }

    /// Every reader catches up; what was acknowledged so far must be there.
    pub(super) async fn catch_up(&mut self, address: SocketAddr) -> Result<()> {
        for (identity, reader) in &mut self.readers {
            let mut client = Client::connect(address, &identity.key).await?;
            reader.catch_up(&mut client).await?;
        }
        for watched in &self.watched {
            for reader in &watched.readers {
                check(&watched.job, &self.readers[*reader].1.lines, "the difference").await?;
            }
        }
        let (listeners, reader) = &self.listeners;
        for listener in listeners {
            self.heard += listener.check(&self.readers[*reader].1.lines).await?;
        }
        if let Some(storm) = &self.storm {
            storm.check(address).await?;
        }
        self.check_plans(address).await
    }

    async fn check_plans(&mut self, address: SocketAddr) -> Result<()> {
        let Some(planner) = &self.planner else { return Ok(()) };
        let (identity, reader) = &mut self.readers[self.listeners.1];
        let log = async |_: &mut Client| {
            let mut client = Client::connect(address, &identity.key).await?;
            reader.catch_up(&mut client).await?;
            Ok(reader.lines.clone())
        };
        planner.check(address, log).await
    }

    /// Whether posts wait for their time.
    pub(super) async fn has_plans(&self, address: SocketAddr) -> Result<bool> {
        match &self.planner {
            Some(planner) => planner.has_plans(address).await,
            None => Ok(false),
        }
    }

    /// No more posts are planned.
    pub(super) fn stop_planning(&self) {
        self.planner.iter().for_each(|planner| planner.stop());
    }

    /// See [`Storm::check_figures`].
    pub(super) async fn check_figures(&self, server: &Server) -> Result<String> {
        match &self.storm {
            Some(storm) => storm.check_figures(server).await,
            None => Ok(String::new()),
        }
    }

    /// The whole history of every chat, as its author reads it, and every file.
    pub(super) async fn compare(&mut self, address: SocketAddr) -> Result<()> {
        // What left after the last look.
        self.check_plans(address).await?;
        if let Some(planner) = &self.planner {
            let (planned, sent) = planner.count().await;
            if planned != sent {
                return Err(format!("{planned} posts were planned, and {sent} have left"));
            }
            if planned == 0 {
                return Err("no post was planned".to_owned());
            }
        }
        self.check_work().await?;
        for watched in &self.watched {
            let mut client = Client::connect(address, &watched.job.identity.key).await?;
            let lines = history(&mut client, &watched.peer).await?;
            check(&watched.job, &lines, "the history").await?;
            if matches!(watched.job.kind, Kind::File(_)) {
                check_files(&mut client, &watched.peer, &lines).await?;
            }
        }
        Ok(())
    }

    /// Where nobody did anything, nothing is proved.
    async fn check_work(&self) -> Result<()> {
        for job in &self.jobs {
            if job.ledger.lock().await.acknowledged.is_empty() {
                return Err(format!("{} did nothing", job.name));
            }
        }
        if self.heard == 0 && !self.listeners.0.is_empty() {
            return Err("nobody heard anything live".to_owned());
        }
        Ok(())
    }

    /// What was acknowledged, by kind.
    pub(super) async fn counts(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for job in &self.jobs {
            let kind = job.name.trim_end_matches(|c: char| c.is_ascii_digit());
            *counts.entry(kind).or_default() += job.ledger.lock().await.acknowledged.len();
        }
        if let Some(planner) = &self.planner {
            counts.insert("planned", planner.count().await.0);
        }
        counts.insert("heard live", self.heard);
        let counts: Vec<_> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        counts.join(", ")
    }
}

async fn make_channel(client: &mut Client, broadcast: bool) -> Result<types::InputChannel> {
    let request = functions::channels::CreateChannel {
        broadcast,
        megagroup: !broadcast,
        title: "Load".to_owned(),
        ..Default::default()
    };
    let made = client.call(&request).await.map_err(text)?;
    let channel = channel_in(&made).ok_or("no channel")?;
    let access_hash = channel.access_hash.unwrap_or_default();
    Ok(types::InputChannel { channel_id: channel.id, access_hash })
}

fn user_of(peer: &enums::InputPeer) -> Option<enums::InputUser> {
    let enums::InputPeer::InputPeerUser(user) = peer else { return None };
    Some(types::InputUser { user_id: user.user_id, access_hash: user.access_hash }.into())
}

fn chats(updates: &enums::Updates) -> &[enums::Chat] {
    match updates {
        enums::Updates::Updates(updates) => &updates.chats,
        enums::Updates::UpdatesCombined(updates) => &updates.chats,
        _ => &[],
    }
}

fn channel_in(updates: &enums::Updates) -> Option<&types::Channel> {
    chats(updates).iter().find_map(|chat| {
        if let enums::Chat::Channel(channel) = chat { Some(channel) } else { None }
    })
}

fn find_channel(chats: &[enums::Chat], id: i64) -> Option<&types::Channel> {
    chats.iter().find_map(|chat| match chat {
        enums::Chat::Channel(channel) if channel.id == id => Some(channel),
        _ => None,
    })
}
