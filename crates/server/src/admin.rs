//! The admin socket: how commands speak to a running server. One JSON object a line, mode 0600.
//!
//! A request is `{"command": ...}`; answers are any number of `{"progress": [done, total]}` and one `{"ok": ...}` or
//! `{"error": "one line"}`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

use crate::failure::Failure;
use crate::wiring::Running;

/// What a running server can be asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Request {
    LoginCode { phone: String },
    Invite { uses: u32, days: u32 },
    Status,
    Reports { newest: u32 },
    Check,
    Backup { target: std::path::PathBuf },
}

/// One line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Line {
    Progress(u64, u64),
    Ok(Value),
    Error(String),
}

/// Asks the server of a data folder. `None` if none runs there.
pub(crate) fn ask(
    socket: &Path,
    request: &Request,
    progress: &dyn Fn(u64, u64),
) -> Result<Option<Value>, Failure> {
    let Ok(mut stream) = UnixStream::connect(socket) else { return Ok(None) };
    let lost =
        |error: std::io::Error| Failure::new(format!("the server stopped answering: {error}"));
    let mut line =
        serde_json::to_string(request).map_err(|error| Failure::new(error.to_string()))?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(lost)?;
    for answer in BufReader::new(stream).lines() {
        let answer = answer.map_err(lost)?;
        match serde_json::from_str(&answer)
            .map_err(|error| Failure::new(format!("the server answered something else: {error}")))?
        {
            Line::Progress(done, total) => progress(done, total),
            Line::Ok(value) => return Ok(Some(value)),
            Line::Error(text) => return Err(Failure::new(text)),
        }
    }
    Err(Failure::new("the server stopped answering"))
}

/// Asks a server that must be running.
pub(crate) fn ask_running(data: &Path, request: &Request) -> Result<Value, Failure> {
    let dir = crate::data_dir::DataDir::open(data)?;
    ask(&dir.admin_socket(), request, &|_, _| {})?.ok_or_else(|| {
        Failure::new(format!(
            "no server runs on {}; start it with `hoopoe serve --data {0}`",
            data.display()
        ))
    })
}

/// Opens the socket. A left-over of a killed server is replaced: the lock on the data folder is ours already.
pub(crate) fn listen(path: &Path) -> Result<tokio::net::UnixListener, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("cannot open the admin socket {}: {error}", path.display()))
    };
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = tokio::net::UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

/// Answers commands until the server stops.
pub(crate) async fn serve(listener: tokio::net::UnixListener, running: Arc<Running>) {
    while let Ok((stream, _)) = listener.accept().await {
        let running = Arc::clone(&running);
        tokio::spawn(async move {
            // A caller that went away needs no answer.
            drop(converse(stream, &running).await);
        });
    }
}

async fn converse(stream: tokio::net::UnixStream, running: &Arc<Running>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let work = {
            let running = Arc::clone(running);
            tokio::spawn(async move {
                let last = match serde_json::from_str::<Request>(&line) {
                    Ok(request) => match running.admin(request, &sender).await {
                        Ok(value) => Line::Ok(value),
                        Err(failure) => Line::Error(failure.to_string()),
                    },
                    Err(error) => Line::Error(format!("the command is not understood: {error}")),
                };
                // The receiver lives as long as the connection.
                drop(sender.send(last));
            })
        };
        while let Some(line) = receiver.recv().await {
            let mut text = serde_json::to_string(&line).map_err(std::io::Error::other)?;
            text.push('\n');
            writer.write_all(text.as_bytes()).await?;
        }
        work.await.map_err(std::io::Error::other)?;
    }
    Ok(())
}
