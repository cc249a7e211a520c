//! Hostile clients beside a healthy one: what they do harms only themselves.
//!
//! Two servers of the same binary run at the same time: one is attacked, the other left in peace. A healthy client of each is
//! timed call by call in turns, so that whatever else the machine does falls on both alike; what counts is the ratio of
//! the medians.

use std::path::Path;
use std::time::{Duration, Instant};

use crypto::RsaForm;
use mtproto::Random as _;
use tl_api::functions;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, Identity, Random, exchange_keys, random};
use crate::server::{Result, Server};

/// Rounds of each comparison.
const ROUNDS: usize = 40;
/// Calls of each side in one round.
const CALLS: usize = 50;
/// The healthy client's median may grow by this much.
const MAY_GROW: f64 = 1.10;
/// Sessions of one device; the server takes 128 for one key.
const SESSIONS: usize = 100;
/// Messages that are pushed to every stalled reader, of 3,000 bytes each: more than the system's buffers and the queue hold.
const PUSHES: usize = 400;
/// Malformed connections that stay open until the end; the others close as soon as they have written.
const HELD: usize = 1000;

/// A server with a healthy client.
struct Side {
    server: Server,
    client: Client,
    times: Vec<f64>,
}

impl Side {
    async fn new(binary: &Path) -> Result<(Self, Identity)> {
        let mut server = Server::new(binary)?;
        server.start()?;
        let (client, identity) = Client::sign_up(&server, &server.key()?, "+1666100001").await?;
        Ok((Self { server, client, times: Vec::new() }, identity))
    }

    async fn call(&mut self) -> Result<()> {
        let start = Instant::now();
        self.client.call(&functions::updates::GetState {}).await.map_err(text)?;
        self.times.push(start.elapsed().as_secs_f64());
        Ok(())
    }

    /// The given part of the times, microseconds; they begin anew.
    fn take(&mut self) -> [f64; 2] {
        let mut times = std::mem::take(&mut self.times);
        times.sort_by(f64::total_cmp);
        [times.len() / 2, times.len() * 99 / 100]
            .map(|place| times.get(place).copied().unwrap_or(f64::NAN) * 1e6)
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Times both sides in turns; answers the ratio of the medians. `between` is done before each round.
async fn compare(
    what: &str,
    (quiet, attacked): (&mut Side, &mut Side),
    mut between: impl AsyncFnMut(usize) -> Result<()>,
) -> Result<f64> {
    for round in 0..ROUNDS {
        between(round).await?;
        // Call by call, each side first as often as the other.
        for call in 0..CALLS {
            if call % 2 == 0 {
                quiet.call().await?;
                attacked.call().await?;
            } else {
                attacked.call().await?;
                quiet.call().await?;
            }
        }
    }
    let ([median, p99], [bare, bare_p99]) = (attacked.take(), quiet.take());
    let ratio = median / bare;
    println!(
        "hostile: {what}: median of a call {median:.0} us against {bare:.0} us in peace, ratio {ratio:.3}; p99 {p99:.0} against {bare_p99:.0} us; memory {} MiB",
        rss_bytes(attacked.server.pid())? >> 20
    );
    Ok(ratio)
}

/// Runs both attacks.
pub(crate) async fn run(binary: &Path, stalled: usize, malformed: usize) -> Result<()> {
    let (mut quiet, _) = Side::new(binary).await?;
    let (mut attacked, _) = Side::new(binary).await?;
    compare("no attack yet", (&mut quiet, &mut attacked), async |_| Ok(())).await?;
    let before = rss_bytes(attacked.server.pid())?;

    let readers = stall(&attacked.server, stalled).await?;
    let what = format!("{stalled} stalled readers");
    let beside_stalled = compare(&what, (&mut quiet, &mut attacked), async |_| Ok(())).await?;
    let memory_stalled = rss_bytes(attacked.server.pid())?;
    drop(readers);

    let (address, rsa) = (attacked.server.address, attacked.server.key()?);
    let mut held = Vec::new();
    let batch = malformed.div_ceil(ROUNDS);
    let what = format!("{malformed} malformed connections");
    let beside_malformed = compare(&what, (&mut quiet, &mut attacked), async |round| {
        for number in round * batch..((round + 1) * batch).min(malformed) {
            let socket = rubbish(address, number).await;
            held.extend(socket.filter(|_| number % 10 == 0));
        }
        held.truncate(HELD);
        // Half of a key exchange in between.
        let unfinished = exchange_keys(address, &rsa, RsaForm::Old);
        let _gave_up = tokio::time::timeout(Duration::from_millis(5), unfinished).await;
        Ok(())
    })
    .await?;
    let memory_malformed = rss_bytes(attacked.server.pid())?;

    if beside_stalled > MAY_GROW || beside_malformed > MAY_GROW {
        return Err("the healthy client was slowed down by more than a tenth".to_owned());
    }
    // 256 KiB for each stalled reader at most, and 200 MiB for the rest.
    let allowed = before + u64::try_from(stalled).unwrap_or(u64::MAX) * 256 * 1024 + (200 << 20);
    if memory_stalled > allowed || memory_malformed > allowed {
        return Err("the server took more memory than its bounds allow".to_owned());
    }
    Ok(())
}

/// Sessions of one account on several devices, which ask for updates and then never read; and so many updates that none of them
/// can take all.
async fn stall(server: &Server, count: usize) -> Result<Vec<Client>> {
    let rsa = server.key()?;
    let mut readers = Vec::with_capacity(count);
    while readers.len() < count {
        let (_, device) = Client::sign_up(server, &rsa, "+1666100002").await?;
        for _ in 0..SESSIONS.min(count - readers.len()) {
            let mut client = Client::connect(server.address, &device.key).await?;
            client.call(&functions::updates::GetState {}).await.map_err(text)?;
            readers.push(client);
        }
    }
    let (mut writer, _) = Client::sign_up(server, &rsa, "+1666100003").await?;
    let (_, device) = Client::sign_up(server, &rsa, "+1666100002").await?;
    let peer = writer.meet(&device).await?;
    for number in 0..PUSHES {
        writer
            .send_text(&peer, &format!("{number} {}", "x".repeat(3000)), random())
            .await
            .map_err(text)?;
    }
    Ok(readers)
}

/// A connection that sends what no client sends: random bytes, cut frames, wrong lengths, unknown keys, broken HTTP.
async fn rubbish(address: std::net::SocketAddr, number: usize) -> Option<TcpStream> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    let mut noise = vec![0; 16 + number % 512];
    Random.fill(&mut noise);
    let length = u32::try_from(noise.len()).unwrap_or_default().to_le_bytes();
    let bytes: Vec<u8> = match number % 8 {
        0 => noise,
        1 => [&[0xef, 0x7f, 0xff, 0xff, 0xff][..], &noise].concat(),
        2 => [&[0xee; 4][..], &0x7fff_ffff_u32.to_le_bytes(), &noise].concat(),
        3 => [&[0xdd; 4][..], &40_u32.to_le_bytes(), &noise].concat(),
        4 => [&[0xee; 4][..], &length, &noise].concat(),
        5 => b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
        6 => b"GET /%%%%/../../etc HTTP/1.1\r\n\r\n".to_vec(),
        _ => [&24_u32.to_le_bytes()[..], &0_u32.to_le_bytes(), &noise].concat(),
    };
    // The server may close while this is written.
    let _closed = socket.write_all(&bytes).await;
    Some(socket)
}

fn rss_bytes(pid: Option<u32>) -> Result<u64> {
    let pid = pid.ok_or("the server is not running")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(text)?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or("no number in VmRSS")?;
    Ok(kib * 1024)
}
