//! From a kill -9 with a full write-ahead log to the first answer, with a million messages in the store.

use std::path::Path;
use std::time::{Duration, Instant};

use model::UserId;
use model::account::Phone;
use model::message::Body;
use store::Stores;
use store::ports::boxes::{BoxPeer, NewBoxMessage};
use store::ports::channels::{NewChannel, NewChannelMessage};
use tl_api::functions;

use crate::client::{Client, Identity, random};
use crate::server::{Result, Server};

/// From the start of the process to the first answer.
const LIMIT: Duration = Duration::from_secs(2);
/// Restarts that are timed.
const ROUNDS: usize = 5;
/// Messages in one transaction while the store is filled.
const BATCH: usize = 500;
/// People whose boxes are filled besides those of the clients.
const PEOPLE: i64 = 200;

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Fills a store, and times restarts.
pub(crate) async fn run(binary: &Path, messages: usize) -> Result<()> {
    let mut server = Server::new(binary)?;
    server.start()?;
    let rsa = server.key()?;
    let (_, identity) = Client::sign_up(&server, &rsa, "+1666300001").await?;
    let (mut client, writer) = Client::sign_up(&server, &rsa, "+1666300002").await?;
    let peer = client.meet(&identity).await?;
    server.kill();

    let begun = Instant::now();
    let stores =
        backends::open(&server.data(), backends::ViewKey::of_tools(), &|_, _| {}).map_err(text)?;
    fill(&stores, &identity, messages).await?;
    drop(stores);
    eprintln!("restart: {messages} messages written in {} s", begun.elapsed().as_secs());

    let mut times = Vec::new();
    for round in 0..ROUNDS {
        server.start()?;
        let logged = fill_log(&server, &writer, &peer, round).await?;
        server.kill();
        let started = Instant::now();
        server.start()?;
        let mut client = Client::connect(server.address, &identity.key).await?;
        client.call(&functions::updates::GetState {}).await.map_err(text)?;
        let time = started.elapsed();
        println!(
            "restart: {} MiB in the write-ahead log at the kill, first answer after {} ms",
            logged >> 20,
            time.as_millis()
        );
        times.push(time);
        server.kill();
    }
    times.sort();
    let slowest = times.last().copied().unwrap_or_default();
    println!(
        "restart: {messages} messages; from start to first answer: median {} ms, slowest {} ms; limit {} ms",
        times.get(times.len() / 2).map_or(0, Duration::as_millis),
        slowest.as_millis(),
        LIMIT.as_millis()
    );
    if slowest > LIMIT { Err("the restart took too long".to_owned()) } else { Ok(()) }
}

/// Half of the messages as copies in boxes, half in a channel's log.
async fn fill(stores: &Stores, identity: &Identity, messages: usize) -> Result<()> {
    let phone = Phone::parse(&identity.phone).ok_or("no phone number")?;
    let me = stores.accounts.user_by_phone(&phone).await.map_err(text)?.ok_or("no account")?;
    let now = me.created;
    let new = NewChannel {
        creator: me.id,
        title: "Load".to_owned(),
        about: String::new(),
        broadcast: true,
        now,
        ttl_period: None,
    };
    let channel = stores.channels.create_channel(new).await.map_err(text)?.id;
    let body = |n: usize| Body {
        text: format!("message {n} with some words that people might write to each other"),
        ..Body::default()
    };
    let mut number = 0;
    while number < messages {
        let private: Vec<_> = (0..BATCH / 4)
            .map(|n| NewBoxMessage {
                sender: me.id,
                peer: BoxPeer::User(UserId(
                    9_000_000 + i64::try_from(number + n).unwrap_or(0) % PEOPLE,
                )),
                random_id: Some(random()),
                date: now,
                body: body(number + n),
                reply_to: None,
                mentions: Vec::new(),
                clear_draft: false,
            })
            .collect();
        let posts: Vec<_> = (0..BATCH / 2)
            .map(|n| NewChannelMessage {
                sender: me.id,
                channel,
                random_id: Some(random()),
                date: now,
                clock: now,
                body: body(number + n),
                reply_to: None,
                mentions: Vec::new(),
                clear_draft: false,
            })
            .collect();
        let (sent, posted) = tokio::join!(stores.boxes.send(private), stores.channels.post(posts));
        sent.map_err(text)?;
        posted.map_err(text)?;
        number += BATCH;
    }
    Ok(())
}

/// Writes until the log is as large as it gets before it is written back. Answers its size, bytes.
async fn fill_log(
    server: &Server,
    writer: &Identity,
    peer: &tl_api::enums::InputPeer,
    round: usize,
) -> Result<u64> {
    let mut client = Client::connect(server.address, &writer.key).await?;
    let log = server.data().join(format!("{}-wal", backends::DATABASE));
    let size = || std::fs::metadata(&log).map_or(0, |file| file.len());
    for number in 0..2000 {
        let words = format!("{round} {number} {}", "x".repeat(4000));
        client.send_text(peer, &words, random()).await.map_err(text)?;
        // 4,000 pages, at which the backend writes the log back.
        if size() > 15 << 20 {
            break;
        }
    }
    Ok(size())
}
