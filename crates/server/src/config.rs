//! Configuration in two steps: as typed ([`File`]), then as meant ([`Settings`]).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use services::mail::MailTls;

use crate::failure::Failure;

/// The documented default, as `hoopoe config` prints it. A test holds it equal to [`File::default`].
pub(crate) const DOCUMENTED_DEFAULT: &str = include_str!("../hoopoe.toml");

/// The file as typed. Unknown keys are errors.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) server: Server,
    pub(crate) registration: Registration,
    pub(crate) sign_in: SignIn,
    pub(crate) handshake: Handshake,
    pub(crate) transport: Transport,
    pub(crate) media: Media,
    pub(crate) mail: Mail,
    pub(crate) webhook: Webhook,
    pub(crate) log: Log,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) data: PathBuf,
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) advertise: Vec<SocketAddr>,
    pub(crate) public_url: String,
    pub(crate) max_connections: usize,
    pub(crate) max_connections_per_address: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            data: PathBuf::from("./hoopoe-data"),
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 8443))],
            advertise: Vec::new(),
            public_url: String::new(),
            max_connections: 20_000,
            max_connections_per_address: 0,
        }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Registration {
    pub(crate) mode: String,
}

impl Default for Registration {
    fn default() -> Self {
        Self { mode: "auto".to_owned() }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) limits: String,
    pub(crate) log_codes: bool,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { limits: "auto".to_owned(), log_codes: false }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Handshake {
    pub(crate) old_rsa: bool,
}

impl Default for Handshake {
    fn default() -> Self {
        Self { old_rsa: true }
    }
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Transport {
    pub(crate) secrets: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Media {
    pub(crate) max_file_mib: u32,
}

impl Default for Media {
    fn default() -> Self {
        Self { max_file_mib: 4000 }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: "starttls".to_owned(),
            user: String::new(),
            password: String::new(),
            from: String::new(),
        }
    }
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Webhook {
    pub(crate) url: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: "text".to_owned() }
    }
}

/// The configuration as meant: defaults resolved, contradictions refused.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) file: File,
    pub(crate) registration: services::Registration,
    pub(crate) limit_sign_in: bool,
    pub(crate) mail_tls: MailTls,
    pub(crate) secrets: Vec<[u8; 16]>,
    pub(crate) advertised: Vec<SocketAddr>,
}

impl Settings {
    /// Reads the file, if any, and lays the command line over it.
    pub(crate) fn load(
        path: Option<&Path>,
        data: Option<PathBuf>,
        listen: Vec<SocketAddr>,
    ) -> Result<Self, Failure> {
        let mut file = match path {
            Some(path) => read(path)?,
            None => File::default(),
        };
        if let Some(data) = data {
            file.server.data = data;
        }
        if !listen.is_empty() {
            file.server.listen = listen;
        }
        Self::resolve(file)
    }

    fn resolve(file: File) -> Result<Self, Failure> {
        if file.server.listen.is_empty() {
            return Err(Failure::new(
                "server.listen is empty: name at least one address, such as 127.0.0.1:8443",
            ));
        }
        let loopback = file.server.listen.iter().all(|address| address.ip().is_loopback());
        if file.sign_in.log_codes && !loopback {
            return Err(Failure::new(
                "sign_in.log_codes is only allowed while every listener is on loopback",
            ));
        }
        let registration = match (file.registration.mode.as_str(), loopback) {
            ("open", _) | ("auto", true) => services::Registration::Open,
            ("invitation", _) | ("auto", false) => services::Registration::Invitation,
            ("closed", _) => services::Registration::Closed,
            (other, _) => {
                return Err(one_of("registration.mode", other, "auto, open, invitation, closed"));
            }
        };
        let limit_sign_in = match (file.sign_in.limits.as_str(), loopback) {
            ("on", _) | ("auto", false) => true,
            ("off", _) | ("auto", true) => false,
            (other, _) => return Err(one_of("sign_in.limits", other, "auto, on, off")),
        };
        let mail_tls = match file.mail.tls.as_str() {
            "starttls" => MailTls::StartTls,
            "tls" => MailTls::Implicit,
            "none" => MailTls::Off,
            other => return Err(one_of("mail.tls", other, "starttls, tls, none")),
        };
        if !matches!(file.log.format.as_str(), "text" | "json") {
            return Err(one_of("log.format", &file.log.format, "text, json"));
        }
        let secrets =
            file.transport.secrets.iter().map(|text| secret(text)).collect::<Result<_, _>>()?;
        let advertised = if file.server.advertise.is_empty() {
            file.server.listen.clone()
        } else {
            file.server.advertise.clone()
        };
        Ok(Self { file, registration, limit_sign_in, mail_tls, secrets, advertised })
    }

    /// The address people reach the server at, for links and the page for newcomers.
    pub(crate) fn public_url(&self) -> String {
        if !self.file.server.public_url.is_empty() {
            return self.file.server.public_url.trim_end_matches('/').to_owned();
        }
        self.advertised.first().map(|address| format!("http://{address}")).unwrap_or_default()
    }
}

fn read(path: &Path) -> Result<File, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read the configuration {shown}: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Failure::new(format!("{shown}, line {line}: {}", error.message()))
    })
}

fn one_of(key: &str, given: &str, allowed: &str) -> Failure {
    Failure::new(format!("{key} is {given:?}; it must be one of: {allowed}"))
}

/// 16 bytes in hexadecimal, with or without the `dd` that clients put before it.
fn secret(text: &str) -> Result<[u8; 16], Failure> {
    let wrong = || {
        Failure::new("transport.secrets: each secret is 32 hexadecimal digits, optionally after dd")
    };
    let hex = if text.len() == 34 { text.strip_prefix("dd").ok_or_else(wrong)? } else { text };
    if hex.len() != 32 || !hex.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        let digits = hex.get(index * 2..index * 2 + 2).ok_or_else(wrong)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_default_is_the_default() {
        let parsed: File = toml::from_str(DOCUMENTED_DEFAULT).unwrap();
        assert_eq!(parsed, File::default());
    }

    #[test]
    fn every_key_is_documented() {
        // Uncommented keys of the documented file, by section, must cover every field: parsing with one key removed
        // still works, so coverage is counted.
        let keys = DOCUMENTED_DEFAULT
            .lines()
            .filter(|line| line.contains(" = ") && !line.starts_with('#'))
            .count();
        assert_eq!(keys, 21);
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<File>("[server]\nlisen = []\n").is_err());
    }

    #[test]
    fn loopback_decides_the_defaults() {
        let near = Settings::load(None, None, vec![]).unwrap();
        assert_eq!((near.registration, near.limit_sign_in), (services::Registration::Open, false));
        let far = Settings::load(None, None, vec!["0.0.0.0:443".parse().unwrap()]).unwrap();
        assert_eq!(
            (far.registration, far.limit_sign_in),
            (services::Registration::Invitation, true)
        );
    }

    #[test]
    fn codes_are_never_logged_off_loopback() {
        let mut file = File::default();
        file.sign_in.log_codes = true;
        file.server.listen = vec!["0.0.0.0:443".parse().unwrap()];
        assert!(Settings::resolve(file).is_err());
    }
}
