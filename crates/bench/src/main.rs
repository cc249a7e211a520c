//! Load from real sessions: goals as ratios to references, the kill loop, restarts, hostile clients, timing.

mod client;
mod goals;
mod hostile;
mod kill;
mod limit;
mod load;
mod peers;
mod population;
mod procstat;
mod report;
mod restart;
mod rounds;
mod server;
mod timing;

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
    /// Measure goals, each against a reference of the same run: one JSON object a line.
    Goals {
        /// The server's program.
        #[arg(long)]
        binary: PathBuf,
        /// Fail if a goal misses its gate.
        #[arg(long)]
        strict: bool,
        /// Which, by name or number; all without names.
        names: Vec<String>,
    },
    /// The limit server, which `goals` starts for itself.
    #[command(hide = true)]
    Limit {
        /// Posts of one write leave in one write to each subscriber.
        #[arg(long)]
        joined: bool,
    },
    /// Kill the server with -9 in the middle of load, again and again, and see that nothing acknowledged is lost, doubled or reordered.
    Kill {
        /// The server's program.
        #[arg(long)]
        binary: PathBuf,
        /// How often.
        #[arg(long, default_value_t = 50)]
        rounds: u32,
    },
    /// From a kill -9 to the first answer, with many messages in the store.
    Restart {
        /// The server's program.
        #[arg(long)]
        binary: PathBuf,
        /// How many messages.
        #[arg(long, default_value_t = 1_000_000)]
        messages: usize,
    },
    /// Whether secrets show in how long something takes.
    Timing {
        /// Measurements of each case.
        #[arg(long, default_value_t = 1_000_000)]
        samples: usize,
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
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> server::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    match command {
        Command::Goals { binary, strict, names } => {
            let failed = goals::run(&goals::Bench { binary, runtime }, &names)?;
            return Ok(if strict && failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        Command::Limit { joined } => {
            drop(runtime);
            limit::serve(joined)?;
        }
        Command::Kill { binary, rounds } => runtime.block_on(kill::run(&binary, rounds))?,
        Command::Restart { binary, messages } => {
            runtime.block_on(restart::run(&binary, messages))?
        }
        Command::Timing { samples } => timing::run(samples)?,
        Command::Hostile { binary, stalled, malformed } => {
            runtime.block_on(hostile::run(&binary, stalled, malformed))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
