//! Servers of others, from Debian's packages: installed when missing, run on loopback with a configuration of their own,
//! ended by their ids.

pub(crate) mod dialect;
pub(crate) mod ejabberd;
pub(crate) mod mosquitto;
pub(crate) mod nats;
pub(crate) mod nginx;

use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::{Result, free_address};

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(60);
/// An answer that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Asked before a package may start its own service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs a package, unless it is there. Its own service is kept from starting.
pub(crate) fn install(package: &str) -> Result<()> {
    let known = Command::new("dpkg").args(["-s", package]).output();
    if known.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    eprintln!("  installing {package}");
    let guard = Policy::forbid_starts()?;
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive"))?;
    drop(guard);
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{}: {}", command.get_program().display(), said.trim()))
}

/// Forbids packages to start services, until dropped. A machine's own policy stays.
struct Policy {
    is_ours: bool,
}

impl Policy {
    fn forbid_starts() -> Result<Self> {
        if Path::new(POLICY).exists() {
            return Ok(Self { is_ours: false });
        }
        let said = |error: std::io::Error| format!("{POLICY}: {error}");
        std::fs::write(POLICY, "#!/bin/sh\nexit 101\n").map_err(said)?;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(POLICY, mode).map_err(said)?;
        Ok(Self { is_ours: true })
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if self.is_ours {
            // A policy that stays behind only keeps services from starting.
            let _left = std::fs::remove_file(POLICY);
        }
    }
}

/// A connection that blocks, for a while.
pub(crate) fn dial(address: SocketAddr) -> Result<TcpStream> {
    let said = |error: std::io::Error| error.to_string();
    let socket = TcpStream::connect(address).map_err(said)?;
    socket.set_nodelay(true).map_err(said)?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(said)?;
    Ok(socket)
}

/// A process of another server with a folder of its own; both end when dropped.
pub(crate) struct Peer {
    child: Child,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Starts a program in an empty folder and waits for its first accepted connection. `command` gets folder and address.
    /// Answers how long that took, from the start of the process.
    pub(crate) fn start(
        name: &str,
        command: impl FnOnce(&Path, SocketAddr) -> Result<Command>,
    ) -> Result<(Self, Duration)> {
        let address = free_address()?;
        let folder = std::env::temp_dir().join(format!("hoopoe-bench-{name}-{}", address.port()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut command = command(&folder, address)?;
        let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let errors = log.try_clone().map_err(|error| error.to_string())?;
        command.current_dir(&folder).stdin(Stdio::null()).stdout(log).stderr(errors);
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        let mut peer = Self { child, folder, address };
        while std::net::TcpStream::connect(address).is_err() {
            if started.elapsed() > START || !matches!(peer.child.try_wait(), Ok(None)) {
                let log = std::fs::read_to_string(peer.folder.join("log")).unwrap_or_default();
                return Err(format!("{name} did not start: {}", log.trim()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok((peer, started.elapsed()))
    }

    /// The process and its children: a server may work in several.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let own = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let children = children.unwrap_or_default();
        let numbers = children.split_whitespace().filter_map(|word| word.parse().ok());
        std::iter::once(own).chain(numbers).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // A soft end first, which takes children along.
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let mut kill = Command::new("kill");
            let _sent = kill.arg(pid.to_string()).stderr(Stdio::null()).status();
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() > Duration::from_secs(10) {
                let _gone = self.child.kill();
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _reaped = self.child.wait();
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}
