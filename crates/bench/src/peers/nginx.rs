//! nginx with sendfile: what serving a file costs without encryption.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use super::Peer;
use crate::server::Result;

/// Starts it on a folder that holds one file of `size` bytes at `/file`.
pub(crate) fn start(size: usize) -> Result<Peer> {
    super::install("nginx-light")?;
    let (peer, _) = Peer::start("nginx", |folder, address| {
        let said = |error: std::io::Error| error.to_string();
        std::fs::write(folder.join("file"), vec![b'x'; size]).map_err(said)?;
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration(&folder.display().to_string(), address))
            .map_err(said)?;
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-c").arg(&file).arg("-p").arg(folder).args(["-e", "stderr"]);
        Ok(command)
    })?;
    Ok(peer)
}

fn configuration(folder: &str, address: SocketAddr) -> String {
    format!(
        "daemon off; worker_processes 2; user root; pid {folder}/pid;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n\
         access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; sendfile_max_chunk 512k;\n\
         client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;\n\
         uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n\
         server {{ listen {address}; location / {{ root {folder}; }} }}\n\
         }}\n"
    )
}

/// A keep-alive connection that asks for ranges.
pub(crate) struct Reader {
    socket: BufReader<TcpStream>,
    part: Vec<u8>,
}

impl Reader {
    pub(crate) fn connect(address: SocketAddr, part: usize) -> Result<Self> {
        let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
        socket.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { socket: BufReader::with_capacity(64 * 1024, socket), part: vec![0; part] })
    }

    /// One part of the file.
    pub(crate) fn read(&mut self, offset: usize) -> Result<()> {
        let said = |error: std::io::Error| format!("nginx: {error}");
        let last = offset + self.part.len() - 1;
        let request =
            format!("GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes={offset}-{last}\r\n\r\n");
        self.socket.get_mut().write_all(request.as_bytes()).map_err(said)?;
        let mut line = String::new();
        self.socket.read_line(&mut line).map_err(said)?;
        if !line.contains(" 206 ") {
            return Err(format!("nginx answered {line}"));
        }
        while line.trim() != "" {
            line.clear();
            self.socket.read_line(&mut line).map_err(said)?;
        }
        self.socket.read_exact(&mut self.part).map_err(said)
    }
}
