//! Load from real sessions: the kill loop and hostile clients.

mod client;
mod hostile;
mod kill;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tools that load a server.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Kill the server with -9 in the middle of load, again and again, and see that nothing acknowledged is lost, doubled or reordered.
    Kill {
        /// The server's program.
        #[arg(long)]
        binary: PathBuf,
        /// How often.
        #[arg(long, default_value_t = 50)]
        rounds: u32,
    },
    /// Stalled readers and malformed connections beside a healthy client.
    Hostile {
        /// The server's program.
        #[arg(long)]
        binary: PathBuf,
        /// Clients that never read.
        #[arg(long, default_value_t = 1000)]
        stalled: usize,
        /// Connections that send rubbish.
        #[arg(long, default_value_t = 10_000)]
        malformed: usize,
    },
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match Arguments::parse().command {
            Command::Kill { binary, rounds } => kill::run(&binary, rounds).await,
            Command::Hostile { binary, stalled, malformed } => {
                hostile::run(&binary, stalled, malformed).await
            }
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
