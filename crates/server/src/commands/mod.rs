//! The commands, one file each.

pub(crate) mod admin;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod key;
pub(crate) mod login_code;
pub(crate) mod restore;
pub(crate) mod serve;

use std::io::{IsTerminal as _, Write as _};

use crate::failure::Failure;

/// Prints a text to standard output; a closed pipe is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out
        .write_all(text.as_bytes())
        .and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") })
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot print: {error}")))
        }
        _ => Ok(()),
    }
}

/// Shows how far a long work has come, where a person looks.
pub(crate) fn show_progress(what: &'static str) -> impl Fn(u64, u64) + Send + Sync {
    let terminal = std::io::stderr().is_terminal();
    let last = std::sync::atomic::AtomicU64::new(u64::MAX);
    move |done, total| {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100).min(100);
        let step = if terminal { percent } else { percent / 10 };
        if last.swap(step, std::sync::atomic::Ordering::Relaxed) == step {
            return;
        }
        let end = if terminal && percent < 100 { "\r" } else { "\n" };
        // A terminal that went away does not stop the work.
        drop(write!(std::io::stderr().lock(), "{what}: {percent} %{end}"));
    }
}
