//! What is done when nobody asks.

use std::sync::Arc;
use std::time::Duration;

use model::UnixTime;
use services::Core;
use tracing::warn;

use crate::failure::Failure;

/// Starts what is done when nobody asks.
pub(crate) fn start(core: &Arc<Core>) {
    tokio::spawn(upkeep(Arc::clone(core)));
    tokio::spawn(schedule(Arc::clone(core)));
    tokio::spawn(destroy(Arc::clone(core)));
    tokio::spawn(expire(Arc::clone(core)));
}

/// Sends scheduled messages at their second, what came due while the server was down at once.
async fn schedule(core: Arc<Core>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        if let Err(error) = services::messages::schedule::send_due(&core).await {
            warn!(%error, "scheduled messages wait");
        }
    }
}

/// What was deleted is off the disk within a minute.
const TIDY_EVERY: Duration = Duration::from_secs(45);
/// A reader may stand in the way of truncating the log.
const TIDY_TRIES: u32 = 5;
/// Between two tries.
const TIDY_PAUSE: Duration = Duration::from_secs(2);

/// Work that is due from time to time.
async fn upkeep(core: Arc<Core>) {
    let mut minute = tokio::time::interval(TIDY_EVERY);
    let mut rounds = 0_u64;
    loop {
        minute.tick().await;
        let mut tries = 1;
        while let Err(error) = core.stores.upkeep.tidy().await {
            if tries == TIDY_TRIES {
                warn!(%error, "upkeep of the database failed");
                break;
            }
            tries += 1;
            tokio::time::sleep(TIDY_PAUSE).await;
        }
        destroy_keys(&core).await;
        if rounds.is_multiple_of(80) {
            hourly(&core).await;
        }
        rounds += 1;
    }
}

async fn destroy_keys(core: &Arc<Core>) {
    let core = Arc::clone(core);
    let destroyed = tokio::task::spawn_blocking(move || services::expiry::destroy_keys(&core));
    // It ends early with the process only.
    if let Ok(Err(error)) = destroyed.await {
        warn!(%error, "keys of hours that are over not destroyed");
    }
}

/// Ends what was to end while nobody was here, before anybody is let in.
pub(crate) async fn catch_up(core: &Core) -> Result<(), Failure> {
    let failed =
        |error: services::Error| Failure::new(format!("what expired is not deleted: {error}"));
    services::expiry::resume(core).await.map_err(failed)?;
    while services::expiry::sweep(core, ENDED_ALONE).await.map_err(failed)? {}
    Ok(())
}

/// Copies of messages deleted in one transaction while others write, who wait for it, and while nobody does.
const ENDED_BESIDE: i32 = 20;
const ENDED_ALONE: i32 = 100;
/// Pause between two such transactions while others write. Twenty copies take the writer about a millisecond.
const SWEEP_PAUSE: Duration = Duration::from_millis(10);

/// Commands that the database's writer has run.
fn commands(core: &Core) -> u64 {
    let counters = core.stores.upkeep.counters();
    counters.iter().find(|(name, _)| *name == "commands").map_or(0, |(_, value)| *value)
}

/// Deletes what is past its end, each second; more at once in turns with everybody else.
async fn expire(core: Arc<Core>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        let mut piece = ENDED_BESIDE;
        loop {
            let before = commands(&core);
            match services::expiry::sweep(&core, piece).await {
                // Its own are two.
                Ok(true) if commands(&core) > before + 2 => {
                    piece = ENDED_BESIDE;
                    tokio::time::sleep(SWEEP_PAUSE).await;
                }
                Ok(true) => piece = ENDED_ALONE,
                Ok(false) => break,
                Err(error) => {
                    warn!(%error, "what expired is not deleted");
                    break;
                }
            }
        }
    }
}

/// Destroys what expired or lost its last use, each second, and from the start on what was left over.
async fn destroy(core: Arc<Core>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        if let Err(error) = services::media::destroy(&core).await {
            warn!(%error, "what is of no use any more was not destroyed");
        }
    }
}

/// Accounts deleted in one round for being absent longer than they chose.
const ABSENT_AT_ONCE: i32 = 100;

async fn hourly(core: &Core) {
    let now = core.now();
    let day = UnixTime(now.0 - 24 * 3600);
    if let Err(error) = core.stores.keys.sweep_keys(now, day).await {
        warn!(%error, "old keys not swept");
    }
    if let Err(error) = services::account::delete_absent(core, ABSENT_AT_ONCE).await {
        warn!(%error, "accounts absent for too long not deleted");
    }
    if let Err(error) = services::channels::admin_log::forget_old(core).await {
        warn!(%error, "old entries of admins' logs not forgotten");
    }
    if let Err(error) = services::secret::sweep(core).await {
        warn!(%error, "old encrypted messages not swept");
    }
    if let Err(error) = services::media::sweep(core).await {
        warn!(%error, "uploads and blobs not swept");
    }
}
