//! `hoopoe serve`: the server itself.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::failure::Failure;
use crate::wiring;

/// Runs until SIGINT or SIGTERM, then stops gracefully.
pub(crate) fn run(
    config: Option<&Path>,
    data: Option<PathBuf>,
    listen: Vec<SocketAddr>,
) -> Result<(), Failure> {
    let settings = Settings::load(config, data, listen)?;
    start_log(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
    let outcome = runtime.block_on(wiring::serve(settings));
    // Whatever still runs after the graceful stop holds nothing that was acknowledged and not stored.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}

fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.file.log.level)
        .map_err(|error| Failure::new(format!("log.level is not understood: {error}")))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if settings.file.log.format == "json" {
        builder.json().init();
    } else {
        builder.init();
    }
    Ok(())
}
