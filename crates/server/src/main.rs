//! The binary `hoopoe`: command line, configuration, wiring.

mod admin;
mod commands;
mod config;
mod data_dir;
mod failure;
mod imaging;
mod server_key;
mod system;
mod upkeep;
mod wiring;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// A messenger that Telegram clients use as their server.
#[derive(Parser)]
#[command(name = "hoopoe", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Configuration file; `hoopoe config` prints the documented default.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Data folder [default: ./hoopoe-data].
        #[arg(long)]
        data: Option<PathBuf>,
        /// Address to listen on, may be repeated [default: 127.0.0.1:8443].
        #[arg(long)]
        listen: Vec<std::net::SocketAddr>,
    },
    /// Print the server's public RSA key (PKCS#1 PEM) and its fingerprint.
    Key {
        /// Data folder.
        #[arg(long, default_value = "./hoopoe-data")]
        data: PathBuf,
    },
    /// Print the login code that waits for a number.
    LoginCode {
        /// Data folder of the running server.
        #[arg(long, default_value = "./hoopoe-data")]
        data: PathBuf,
        /// The number, such as +15550001.
        phone: String,
    },
    /// Print the documented default configuration.
    Config,
    /// Verify the store: structure, pts without holes, blobs by hash.
    Check {
        /// Data folder, also of a running server.
        #[arg(long, default_value = "./hoopoe-data")]
        data: PathBuf,
    },
    /// Write a consistent copy of everything into a new folder, also while the server runs.
    Backup {
        /// Data folder, also of a running server.
        #[arg(long, default_value = "./hoopoe-data")]
        data: PathBuf,
        /// The new folder.
        target: PathBuf,
    },
    /// Make a data folder from a backup.
    Restore {
        /// The new data folder: missing or empty.
        #[arg(long)]
        data: PathBuf,
        /// The folder `expiry` of the data folder that was backed up, or a copy: it opens what has an end.
        #[arg(long)]
        keys: Option<PathBuf>,
        /// The backup.
        source: PathBuf,
    },
    /// What an operator does on a running server.
    Admin {
        /// Data folder of the running server.
        #[arg(long, default_value = "./hoopoe-data")]
        data: PathBuf,
        #[command(subcommand)]
        action: AdminAction,
    },
    /// Reads one picture in a bounded process; started by the server itself.
    #[command(hide = true)]
    ImageHelper,
}

#[derive(Subcommand)]
enum AdminAction {
    /// Print an invitation: the word a new person types as the login code.
    Invite {
        /// How many people may use it.
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// Days until it ends.
        #[arg(long, default_value_t = 7)]
        days: u32,
    },
    /// Print counters of the running server.
    Status,
    /// Print complaints of secret chats, the newest first: when, who, of whom. Their content is known to nobody but the two.
    Reports {
        /// How many.
        #[arg(long, default_value_t = 100)]
        newest: u32,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve { config, data, listen } => {
            commands::serve::run(config.as_deref(), data, listen)
        }
        Command::Key { data } => commands::key::run(&data),
        Command::LoginCode { data, phone } => commands::login_code::run(&data, &phone),
        Command::Config => commands::print(config::DOCUMENTED_DEFAULT),
        Command::Check { data } => commands::check::run(&data),
        Command::Backup { data, target } => commands::backup::run(&data, &target),
        Command::Restore { data, keys, source } => {
            commands::restore::run(&data, &source, keys.as_deref())
        }
        Command::Admin { data, action } => match action {
            AdminAction::Invite { uses, days } => commands::admin::invite(&data, uses, days),
            AdminAction::Status => commands::admin::status(&data),
            AdminAction::Reports { newest } => commands::admin::reports(&data, newest),
        },
        Command::ImageHelper => imaging::run_helper().map_err(Failure::new),
    }
}
