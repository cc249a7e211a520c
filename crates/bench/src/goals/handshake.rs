//! Goal 10: complete key exchanges, against the three operations that they cannot do without.

use crypto::{DhPair, DhSecret, RsaForm, RsaKeyPair, RsaPublicKey};

use crate::client::{Random, exchange_keys};
use crate::goals::Bench;
use crate::procstat::{cpu_seconds, own_thread_seconds};
use crate::report::{Gate, Goal, Line};
use crate::rounds::{self, Side};
use crate::server::{Result, Server};

/// Exchanges that run at the same time.
const CLIENTS: usize = 4;
/// Exchanges of each client in a round.
const EACH: usize = 150;
/// Exchanges before anything is measured; they use up what was made ahead of time.
const WARM_UP: usize = 25;
/// Repetitions of the reference.
const REFERENCE: usize = 200;

/// H: key exchanges per CPU second.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let goal = Goal {
        number: 10,
        name: "H key exchanges per CPU-s".to_owned(),
        unit: "1/CPU-s",
        against: "1 RSA private + 2 powers".to_owned(),
        gate: Gate::AtLeast(0.8),
    };
    let rounds = rounds::run(&[goal.gate], |side| match side {
        Side::Program => hoopoe(bench).map(|rate| vec![rate]),
        Side::Reference => operations().map(|rate| vec![rate]),
    })?;
    Ok(rounds.iter().map(|rounds| Line::new(&goal, rounds)).collect())
}

fn hoopoe(bench: &Bench) -> Result<f64> {
    let mut server = Server::new(&bench.binary)?;
    server.start()?;
    let rsa = server.key()?;
    let pids = [server.pid().ok_or("the server does not run")?];
    exchange(bench, &server, &rsa, WARM_UP)?;
    let before = cpu_seconds(&pids)?;
    exchange(bench, &server, &rsa, EACH)?;
    let cpu_s = cpu_seconds(&pids)? - before;
    Ok((CLIENTS * EACH) as f64 / cpu_s)
}

fn exchange(bench: &Bench, server: &Server, rsa: &RsaPublicKey, each: usize) -> Result<()> {
    bench.runtime.block_on(async {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let (address, pem) = (server.address, rsa.pem_pkcs1().map_err(|e| e.to_string())?);
            clients.spawn(async move {
                let rsa = RsaPublicKey::from_pem(&pem).map_err(|error| error.to_string())?;
                for _ in 0..each {
                    exchange_keys(address, &rsa, RsaForm::Pad).await?;
                }
                Ok::<_, String>(())
            });
        }
        while let Some(client) = clients.join_next().await {
            client.map_err(|error| error.to_string())??;
        }
        Ok(())
    })
}

/// One private operation and two powers, with the library that the server uses, on one thread.
fn operations() -> Result<f64> {
    let said = |error: crypto::Error| error.to_string();
    let rsa = RsaKeyPair::generate(2048).map_err(said)?;
    let mut input = [0; 256];
    mtproto::Random::fill(&mut Random, &mut input[1..]);
    let other = DhPair::generate(&mut Random).map_err(said)?.public;
    let before = own_thread_seconds()?;
    for _ in 0..REFERENCE {
        std::hint::black_box(rsa.raw_private(&input).map_err(said)?);
        for _ in 0..2 {
            let secret = DhSecret::generate(&mut Random);
            std::hint::black_box(secret.shared(&other).map_err(said)?);
        }
    }
    Ok(REFERENCE as f64 / (own_thread_seconds()? - before))
}
