//! Hostile clients beside a healthy one: what they do harms only themselves.

use std::path::Path;
use std::time::{Duration, Instant};

use crypto::RsaForm;
use mtproto::Random as _;
use tl_api::functions;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, Random, exchange_keys, random};
use crate::server::{Result, Server};

/// Calls that are timed in each phase.
const CALLS: usize = 300;
/// The healthy client's median may grow by this much. Beside the ratio a floor of a tenth of a millisecond counts: below
/// it the scheduler of two cores decides, not the server.
const MAY_GROW: f64 = 1.10;

/// Runs both attacks.
pub(crate) async fn run(binary: &Path, stalled: usize, malformed: usize) -> Result<()> {
    let mut server = Server::new(binary)?;
    server.start()?;
    let rsa = server.key()?;
    let (mut healthy, identity) = Client::sign_up(&server, &rsa, "+1666100001").await?;
    let me = healthy.meet(&identity).await?;
    let _warm = time_calls(&mut healthy).await?;
    let quiet = time_calls(&mut healthy).await?;
    let memory_before = rss_bytes(server.pid())?;

    let readers = stall(&server, &identity, stalled).await?;
    for number in 0..200 {
        // Each of these is pushed to every stalled session of the account.
        healthy
            .send_text(&me, &format!("{number} {}", "x".repeat(3000)), random())
            .await
            .map_err(|error| error.to_string())?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let beside_stalled = time_calls(&mut healthy).await?;
    let memory_stalled = rss_bytes(server.pid())?;
    drop(readers);

    rubbish(&server, malformed).await?;
    let after_rubbish = time_calls(&mut healthy).await?;
    let memory_after = rss_bytes(server.pid())?;

    let mib = |bytes: u64| bytes / (1024 * 1024);
    println!(
        "hostile: median of a call {:.0} us quiet, {:.0} us beside {stalled} stalled readers, {:.0} us after {malformed} malformed connections; \
         memory {} MiB, {} MiB, {} MiB",
        quiet * 1e6,
        beside_stalled * 1e6,
        after_rubbish * 1e6,
        mib(memory_before),
        mib(memory_stalled),
        mib(memory_after),
    );
    let bound = (quiet * MAY_GROW).max(quiet + 100e-6);
    if beside_stalled > bound || after_rubbish > bound {
        return Err("the healthy client was slowed down by more than a tenth".to_owned());
    }
    // 256 KiB for each stalled reader at most, and 200 MiB for the rest.
    let allowed =
        memory_before + u64::try_from(stalled).unwrap_or(u64::MAX) * 256 * 1024 + (200 << 20);
    if memory_stalled > allowed || memory_after > allowed {
        return Err("the server took more memory than its bounds allow".to_owned());
    }
    Ok(())
}

async fn time_calls(client: &mut Client) -> Result<f64> {
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let start = Instant::now();
        client.call(&functions::updates::GetState {}).await.map_err(|error| error.to_string())?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times.get(CALLS / 2).copied().ok_or_else(|| "no calls".to_owned())
}

/// Sessions that ask for updates and then never read.
async fn stall(
    server: &Server,
    identity: &crate::client::Identity,
    count: usize,
) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count.min(100) {
        let mut client = Client::connect(server.address, &identity.key).await?;
        client.call(&functions::updates::GetState {}).await.map_err(|error| error.to_string())?;
        clients.push(client);
    }
    // One key holds at most 128 sessions; the others ask for answers that they never read.
    for _ in clients.len()..count {
        let mut client = Client::connect(server.address, &identity.key).await?;
        for _ in 0..3 {
            client
                .start(&functions::help::GetConfig {})
                .await
                .map_err(|error| error.to_string())?;
        }
        clients.push(client);
    }
    Ok(clients)
}

/// Connections that send what no client sends: random bytes, cut frames, wrong lengths, unknown keys, half a key exchange.
async fn rubbish(server: &Server, count: usize) -> Result<()> {
    for number in 0..count {
        let Ok(mut socket) = TcpStream::connect(server.address).await else { continue };
        let mut noise = vec![0; 16 + number % 512];
        Random.fill(&mut noise);
        let bytes: Vec<u8> = match number % 8 {
            0 => noise,
            1 => [&[0xef, 0x7f, 0xff, 0xff, 0xff][..], &noise].concat(),
            2 => [&[0xee; 4][..], &0x7fff_ffff_u32.to_le_bytes(), &noise].concat(),
            3 => [&[0xdd; 4][..], &40_u32.to_le_bytes(), &noise].concat(),
            4 => [
                &[0xee; 4][..],
                &u32::try_from(noise.len()).unwrap_or_default().to_le_bytes(),
                &noise,
            ]
            .concat(),
            5 => b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
            6 => b"GET /%%%%/../../etc HTTP/1.1\r\n\r\n".to_vec(),
            _ => [&24_u32.to_le_bytes()[..], &0_u32.to_le_bytes(), &noise].concat(),
        };
        // The server may close while this is written.
        let _closed = socket.write_all(&bytes).await;
        if number % 500 == 0 {
            // Half of a key exchange in between.
            let _unfinished = tokio::time::timeout(
                Duration::from_millis(5),
                exchange_keys(server.address, &server.key()?, RsaForm::Old),
            )
            .await;
        }
    }
    Ok(())
}

fn rss_bytes(pid: Option<u32>) -> Result<u64> {
    let pid = pid.ok_or("the server is not running")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .map_err(|error| error.to_string())?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or("no number in VmRSS")?;
    Ok(kib * 1024)
}
