//! kill -9 in the middle of load: what was acknowledged is there once, in order, and no pts has a hole.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tl_api::{enums, functions, types};
use tokio::sync::Mutex;

use crate::client::{CallError, Client, Identity, random};
use crate::server::{Result, Server};

/// People who write to each other.
const PEOPLE: usize = 4;
/// A restart to serving must take less than this.
const RESTART: Duration = Duration::from_secs(2);

/// What one sender knows of its own messages.
#[derive(Default)]
struct Ledger {
    /// Texts whose answer came, in order.
    acknowledged: Vec<String>,
    /// Sent, and the server was killed before it answered: may be there or not, but never twice.
    uncertain: Option<(String, i64)>,
    next: u64,
}

struct Sender {
    identity: Identity,
    peer: enums::InputPeer,
    ledger: Arc<Mutex<Ledger>>,
}

/// Runs the rounds and compares.
pub(crate) async fn run(binary: &Path, rounds: u32) -> Result<()> {
    let mut server = Server::new(binary)?;
    server.start()?;
    let rsa = server.key()?;
    let senders = people(&server, &rsa).await?;
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let load: Vec<_> = senders
            .iter()
            .map(|sender| {
                let (address, identity, peer, ledger) = (
                    server.address,
                    sender.identity.clone(),
                    sender.peer.clone(),
                    Arc::clone(&sender.ledger),
                );
                tokio::spawn(async move { write(address, &identity, &peer, &ledger).await })
            })
            .collect();
        // A different moment each round, from the first connection to the middle of the load.
        tokio::time::sleep(Duration::from_millis(20 + random().unsigned_abs() % 180)).await;
        server.kill();
        for task in load {
            task.await.map_err(|error| error.to_string())??;
        }
        let started = server.start()?;
        slowest = slowest.max(started);
        if started > RESTART {
            return Err(format!("round {round}: the restart took {} ms", started.as_millis()));
        }
    }
    let mut total = 0;
    for sender in &senders {
        total += compare(&server, sender).await?;
    }
    let checked = server.check()?;
    println!(
        "kill: {rounds} rounds, {total} messages acknowledged, 0 lost, 0 doubled, 0 reordered, no hole; slowest restart {} ms; {}",
        slowest.as_millis(),
        checked.trim()
    );
    Ok(())
}

/// Signs people up; each writes to the next one.
async fn people(server: &Server, rsa: &crypto::RsaPublicKey) -> Result<Vec<Sender>> {
    let mut signed_up = Vec::new();
    for number in 0..PEOPLE {
        signed_up.push(Client::sign_up(server, rsa, &format!("+1666000{number:03}")).await?);
    }
    let identities: Vec<Identity> =
        signed_up.iter().map(|(_, identity)| identity.clone()).collect();
    let mut senders = Vec::new();
    for (index, (client, identity)) in signed_up.iter_mut().enumerate() {
        let other = identities.get((index + 1) % PEOPLE).ok_or("nobody to write to")?;
        let peer = client.meet(other).await?;
        senders.push(Sender { identity: identity.clone(), peer, ledger: Arc::default() });
    }
    Ok(senders)
}

/// Writes until the connection is lost. What was uncertain before is sent again first, under the same random id.
async fn write(
    address: std::net::SocketAddr,
    identity: &Identity,
    peer: &enums::InputPeer,
    ledger: &Mutex<Ledger>,
) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    let Ok(mut client) = Client::connect(address, &identity.key).await else { return Ok(()) };
    while Instant::now() < end {
        let (text, random_id) = {
            let mut ledger = ledger.lock().await;
            match ledger.uncertain.clone() {
                Some(again) => again,
                None => {
                    ledger.next += 1;
                    let fresh = (format!("message {:06}", ledger.next), random());
                    ledger.uncertain = Some(fresh.clone());
                    fresh
                }
            }
        };
        match client.send_text(peer, &text, random_id).await {
            Ok(_) => {
                let mut ledger = ledger.lock().await;
                ledger.uncertain = None;
                ledger.acknowledged.push(text);
            }
            Err(CallError::Lost(_)) => return Ok(()),
            Err(refused) => return Err(format!("a send was refused: {refused}")),
        }
    }
    Err("the server was not killed".to_owned())
}

/// Reads the whole history back and compares it with the ledger; then walks the difference from the start.
async fn compare(server: &Server, sender: &Sender) -> Result<usize> {
    let mut client = Client::connect(server.address, &sender.identity.key).await?;
    let mut stored = Vec::new();
    let mut offset_id = 0;
    loop {
        let request = functions::messages::GetHistory {
            peer: sender.peer.clone(),
            offset_id,
            limit: 100,
            ..Default::default()
        };
        let page = client.call(&request).await.map_err(|error| error.to_string())?;
        let messages = match page {
            enums::messages::Messages::Messages(page) => page.messages,
            enums::messages::Messages::MessagesSlice(page) => page.messages,
            _ => return Err("an unexpected history".to_owned()),
        };
        let texts: Vec<&types::Message> = messages
            .iter()
            .filter_map(|message| {
                if let enums::Message::Message(message) = message { Some(message) } else { None }
            })
            .collect();
        let Some(last) = texts.last() else { break };
        offset_id = last.id;
        stored.extend(
            texts.iter().filter(|message| message.out).map(|message| message.message.clone()),
        );
    }
    stored.reverse();
    let ledger = sender.ledger.lock().await;
    let mut wanted = ledger.acknowledged.clone();
    if let Some((text, _)) = &ledger.uncertain
        && stored.last() == Some(text)
    {
        wanted.push(text.clone());
    }
    if stored != wanted {
        return Err(describe(&stored, &wanted));
    }
    walk(&mut client).await?;
    Ok(ledger.acknowledged.len())
}

fn describe(stored: &[String], wanted: &[String]) -> String {
    let mut times: BTreeMap<&String, i32> = BTreeMap::new();
    for text in stored {
        *times.entry(text).or_default() += 1;
    }
    let doubled = times.values().filter(|count| **count > 1).count();
    let missing = wanted.iter().filter(|text| !times.contains_key(text)).count();
    format!(
        "stored {} messages, {} were acknowledged: {missing} lost, {doubled} doubled, or another order",
        stored.len(),
        wanted.len()
    )
}

/// The difference from the very start reaches the state, slice by slice.
async fn walk(client: &mut Client) -> Result<()> {
    let enums::updates::State::State(end) =
        client.call(&functions::updates::GetState {}).await.map_err(|error| error.to_string())?;
    let mut pts = 1;
    while pts < end.pts {
        let request =
            functions::updates::GetDifference { pts, date: 1, qts: 0, ..Default::default() };
        match client.call(&request).await.map_err(|error| error.to_string())? {
            enums::updates::Difference::DifferenceSlice(slice) => {
                let enums::updates::State::State(state) = slice.intermediate_state;
                if state.pts <= pts {
                    return Err(format!("the difference does not advance at pts {pts}"));
                }
                pts = state.pts;
            }
            enums::updates::Difference::Difference(whole) => {
                let enums::updates::State::State(state) = whole.state;
                pts = state.pts;
                if pts != end.pts {
                    return Err(format!(
                        "the difference ends at pts {pts}, the state at {}",
                        end.pts
                    ));
                }
            }
            other => {
                return Err(format!(
                    "an unexpected difference at pts {pts}: {}",
                    if matches!(other, enums::updates::Difference::DifferenceEmpty(_)) {
                        "empty"
                    } else {
                        "too long"
                    }
                ));
            }
        }
    }
    Ok(())
}
