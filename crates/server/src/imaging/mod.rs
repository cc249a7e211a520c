//! Reads pictures in a process of its own, so that a hostile one can neither take the server's memory nor its rights.
//!
//! The server starts its own program again with the hidden command `image-helper`, hands it a path and the wanted sizes, and
//! reads the sizes back. The helper opens that one file, gives up everything else (memory, CPU time, other files, network),
//! looks at the header first, and ends. It is killed after [`TIMEOUT`]; [`AT_ONCE`] run at a time.

mod child;
mod film;
mod picture;
mod sound;
mod stripped;
mod tables;
mod wire;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use model::media::Film;
use services::ports::{Imaging, Picture, PictureRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// A helper that takes longer is killed.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Helpers at once.
const AT_ONCE: usize = 2;
/// Requests wait for a helper at most this long.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(20);

/// The helper process: reads one request from stdin and answers on stdout.
///
/// # Errors
/// One line, see [`child::run`].
pub(crate) fn run_helper() -> Result<(), String> {
    child::run()
}

/// Starts helper processes.
pub(crate) struct Helper {
    program: PathBuf,
    arguments: Vec<String>,
    slots: Semaphore,
}

impl Helper {
    /// Helpers of this very program.
    ///
    /// # Errors
    /// One line, if the system does not say where the program is.
    pub(crate) fn new() -> Result<Self, String> {
        // The link leads to the running program even after an upgrade has replaced the file.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() {
            link
        } else {
            std::env::current_exe()
                .map_err(|error| format!("cannot find the own program: {error}"))?
        };
        Ok(Self::of(program, vec!["image-helper".to_owned()]))
    }

    fn of(program: PathBuf, arguments: Vec<String>) -> Self {
        Self { program, arguments, slots: Semaphore::new(AT_ONCE) }
    }

    async fn run(&self, request: &wire::Request) -> Result<Vec<u8>, String> {
        let mut input = Vec::new();
        wire::write_request(&mut input, request).map_err(|error| format!("request: {error}"))?;
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("the picture reader does not start: {error}"))?;
        let (Some(mut to_child), Some(from_child)) = (child.stdin.take(), child.stdout.take())
        else {
            return Err("the picture reader has no pipes".to_owned());
        };
        // A helper that ends early breaks the pipe; its answer, or the lack of one, says why.
        drop(to_child.write_all(&input).await);
        drop(to_child);
        let mut output = Vec::new();
        from_child
            .take(wire::ANSWER_BYTES)
            .read_to_end(&mut output)
            .await
            .map_err(|error| format!("answer: {error}"))?;
        let ended = child.wait().await.map_err(|error| format!("answer: {error}"))?;
        if output.is_empty() {
            return Err(format!("the picture reader gave up: {ended}"));
        }
        Ok(output)
    }

    /// Waits for a slot, then for the answer.
    async fn ask(&self, request: wire::Request) -> Result<Vec<u8>, String> {
        let slot = tokio::time::timeout(QUEUE_TIMEOUT, self.slots.acquire()).await;
        let _slot = slot
            .map_err(|_| "too many pictures wait".to_owned())?
            .map_err(|error| error.to_string())?;
        // Dropping the future kills the process.
        let answer = tokio::time::timeout(TIMEOUT, self.run(&request)).await;
        let answer = answer.unwrap_or_else(|_| Err("took too long".to_owned()));
        // A helper that reads a picture and refuses it answers in order. This is one that could not: an operator may have to look.
        answer.inspect_err(|reason| tracing::warn!(%reason, "the picture reader failed"))
    }
}

/// The helper works in another folder.
fn absolute(source: &Path) -> Result<PathBuf, String> {
    std::path::absolute(source).map_err(|error| format!("no path: {error}"))
}

#[async_trait]
impl Imaging for Helper {
    async fn picture(&self, request: PictureRequest) -> Result<Picture, String> {
        let request = PictureRequest { source: absolute(&request.source)?, ..request };
        let answer = self.ask(wire::Request::Picture(request)).await?;
        wire::read_answer(&mut answer.as_slice()).map_err(|error| format!("answer: {error}"))?
    }

    async fn film(&self, source: PathBuf) -> Result<Film, String> {
        let answer = self.ask(wire::Request::Film(absolute(&source)?)).await?;
        wire::read_film(&mut answer.as_slice()).map_err(|error| format!("answer: {error}"))?
    }
}

#[cfg(test)]
mod tests;
