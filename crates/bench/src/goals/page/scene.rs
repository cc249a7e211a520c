//! A channel with many posts, and names that lead nowhere any more.

use model::message::{Body, Entity, EntityKind};
use model::{ChannelId, Peer, UserId};
use store::Stores;
use store::ports::channels::{NewChannel, NewChannelMessage};

use super::http::Client;
use crate::goals::Bench;
use crate::population::{Population, unix_time};
use crate::server::{Result, Server};

/// The channel's public name.
pub(super) const NAME: &str = "bench_pages";
/// Its posts.
pub(super) const POSTS: usize = 10_000;
/// Channels that were public and are private now; as many names never were.
pub(super) const PRIVATE: usize = 200;
/// Posts of one transaction.
const PIECE: usize = 250;

/// A server whose folder is filled.
pub(super) struct Scene {
    pub(super) server: Server,
}

/// Names of channels that were public once.
pub(super) fn formerly(number: usize) -> String {
    format!("closed_{:04}", number * 2)
}

/// Names that nobody ever had, between the others.
pub(super) fn never(number: usize) -> String {
    format!("closed_{:04}", number * 2 + 1)
}

impl Scene {
    pub(super) async fn prepare(bench: &Bench) -> Result<Self> {
        let population = Population::prepare(&bench.binary, 1, false).await?;
        let owner = population.accounts.first().ok_or("nobody is there")?.user;
        let data = population.server.data();
        let stores = backends::open(&data, backends::ViewKey::of_tools(), &|_, _| {})
            .map_err(|error| error.to_string())?;
        let channel = found(&stores, owner, "The channel of ten thousand posts", NAME).await?;
        fill(&stores, owner, channel).await?;
        for number in 0..PRIVATE {
            let closed = found(&stores, owner, "Closed", &formerly(number)).await?;
            let renamed = stores.accounts.set_username(Peer::Channel(closed), None).await;
            renamed.map_err(|error| error.to_string())?;
        }
        stores.upkeep.tidy().await.map_err(|error| error.to_string())?;
        Ok(Self { server: population.server })
    }
}

async fn found(stores: &Stores, owner: UserId, title: &str, name: &str) -> Result<ChannelId> {
    let new = NewChannel {
        creator: owner,
        title: title.to_owned(),
        about: "What is read here was written by a program.".to_owned(),
        broadcast: true,
        now: unix_time(),
        ttl_period: None,
    };
    let said = |error: store::Error| error.to_string();
    let channel = stores.channels.create_channel(new).await.map_err(said)?.id;
    let peer = Peer::Channel(channel);
    stores.accounts.set_username(peer, Some(name.to_owned())).await.map_err(said)?;
    Ok(channel)
}

async fn fill(stores: &Stores, owner: UserId, channel: ChannelId) -> Result<()> {
    let numbers: Vec<usize> = (0..POSTS).collect();
    for piece in numbers.chunks(PIECE) {
        let posts = piece.iter().map(|number| NewChannelMessage {
            sender: owner,
            channel,
            random_id: None,
            date: unix_time(),
            clock: unix_time(),
            body: words(*number),
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        });
        stores.channels.post(posts.collect()).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A post's text: mostly one to six sentences, each fiftieth as long as a post can be, half of them in Arabic letters; one
/// sentence in three has a mark.
fn words(number: usize) -> Body {
    let sentence = if number.is_multiple_of(2) {
        "The hoopoe is a bird found across Africa, Asia and Europe, notable for its crown.\n"
    } else {
        "الهدهد طائر ملون يعيش في أفريقيا وآسيا وأوروبا ويُعرف بتاجه الجميل فوق رأسه.\n"
    };
    let length = sentence.encode_utf16().count();
    let sentences = if number.is_multiple_of(50) { 4000 / length } else { 1 + number % 6 };
    let mark = |place: usize| Entity {
        offset: i32::try_from(place * length).unwrap_or(0),
        length: 10,
        kind: match place % 9 {
            0 => EntityKind::Bold,
            3 => EntityKind::TextUrl { url: "https://birds.example/hoopoe".to_owned() },
            _ => EntityKind::Italic,
        },
    };
    let entities = (0..sentences).step_by(3).map(mark).collect();
    Body { text: format!("{}#{number}", sentence.repeat(sentences)), entities, ..Body::default() }
}

/// Follows the links from the newest page to the oldest: each post has to be met once. Answers the bytes of the largest page.
pub(super) fn read_whole(server: &Server) -> Result<f64> {
    let mut client = Client::connect(server.address)?;
    let (mut path, mut met, mut largest) = (format!("/s/{NAME}"), 0, 0);
    loop {
        let answer = client.get(&path, false)?;
        let html = String::from_utf8(answer.body).map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("{path}: {}", answer.status));
        }
        met += html.matches("<article class=\"post\"").count();
        largest = largest.max(html.len());
        let older =
            html.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        match older {
            Some(older) => path = older.replace("&amp;", "&"),
            None => break,
        }
    }
    if met != POSTS {
        return Err(format!("{met} posts were met, not {POSTS}"));
    }
    Ok(largest as f64)
}
