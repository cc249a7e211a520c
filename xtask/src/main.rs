//! The project's own development commands.

mod schema;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.split_first() {
        Some((command, rest)) if command == "schema" => schema::run(rest),
        Some((command, [])) if command == "tidy" => tidy::run(),
        _ => Err("usage: cargo xtask tidy | schema ...".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            use std::io::Write as _;
            // Nothing is left to do when standard error is closed as well.
            drop(writeln!(std::io::stderr(), "{message}"));
            ExitCode::FAILURE
        }
    }
}
