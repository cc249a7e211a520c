//! A server of our own: on loopback, in a folder and on a port of its own, ended by its id.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crypto::RsaPublicKey;

/// Result of a tool: errors are lines for a person.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// An address on loopback that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    free.local_addr().map_err(|error| error.to_string())
}

/// One `hoopoe serve`.
pub(crate) struct Server {
    binary: PathBuf,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
    child: Option<Child>,
}

impl Server {
    /// Prepares a folder; nothing runs yet.
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        let address = free_address()?;
        let folder = std::env::temp_dir().join(format!(
            "hoopoe-bench-{}-{}",
            std::process::id(),
            address.port()
        ));
        Ok(Self { binary: binary.to_owned(), folder, address, child: None })
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts, and waits until a connection is accepted and served: the socket listens before the server does. Answers how
    /// long that took.
    pub(crate) fn start(&mut self) -> Result<Duration> {
        std::fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))
            .map_err(|error| error.to_string())?;
        let started = Instant::now();
        let child = Command::new(&self.binary)
            .args(["serve", "--data"])
            .arg(self.data())
            .args(["--listen", &self.address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.binary.display()))?;
        self.child = Some(child);
        while !self.answers() {
            if started.elapsed() > Duration::from_secs(60) || self.has_ended() {
                return Err(format!("the server did not start: {}", self.log_tail()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(started.elapsed())
    }

    /// Whether somebody answers on the port. Waits for the answer once connected.
    fn answers(&self) -> bool {
        let Ok(mut socket) = std::net::TcpStream::connect(self.address) else { return false };
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let mut first = [0; 1];
        socket.set_read_timeout(Some(Duration::from_secs(30))).is_ok()
            && socket.write_all(request).is_ok()
            && socket.read_exact(&mut first).is_ok()
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// The end of its log.
    pub(crate) fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        text.lines()
            .rev()
            .take(20)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing to do.
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }

    fn command(&self, arguments: &[&str]) -> Result<String> {
        let (name, rest) = arguments.split_first().ok_or("no command")?;
        let output = Command::new(&self.binary)
            .arg(name)
            .arg("--data")
            .arg(self.data())
            .args(rest)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!("hoopoe {name}: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }
    }

    /// The public key.
    pub(crate) fn key(&self) -> Result<RsaPublicKey> {
        RsaPublicKey::from_pem(&self.command(&["key"])?).map_err(|error| error.to_string())
    }

    /// The login code that waits for a number.
    pub(crate) fn code(&self, phone: &str) -> Result<String> {
        self.command(&["login-code", phone]).map(|text| text.trim().to_owned())
    }

    /// `hoopoe check`.
    pub(crate) fn check(&self) -> Result<String> {
        self.command(&["check"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            return;
        }
        // What is left in the folder for temporary files harms nobody.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}
