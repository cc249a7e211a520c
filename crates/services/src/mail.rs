//! E-mail by SMTP, for codes only.

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::ports::Messenger;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte (port 465).
    #[default]
    Implicit,
    /// `STARTTLS`, refused if the server does not offer it (port 587).
    StartTls,
    /// None: for a relay on this machine.
    Off,
}

/// The operator's mail server.
#[derive(Clone)]
pub struct MailConfig {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User name and password, if the server asks for them.
    pub credentials: Option<(String, String)>,
    /// Sender, such as `Hoopoe <codes@example.org>`.
    pub from: String,
    /// Protection.
    pub tls: MailTls,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Sends through the operator's mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Prepares the connection; nothing is sent yet.
    ///
    /// # Errors
    /// One line: what is wrong in the configuration.
    pub fn new(config: &MailConfig) -> Result<Self, String> {
        let from =
            config.from.parse().map_err(|_| "the sender of e-mail is not an address".to_owned())?;
        let parameters = || {
            TlsParameters::new(config.host.clone())
                .map_err(|error| format!("TLS for e-mail: {error}"))
        };
        let tls = match config.tls {
            MailTls::Implicit => Tls::Wrapper(parameters()?),
            MailTls::StartTls => Tls::Required(parameters()?),
            MailTls::Off => Tls::None,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
                .port(config.port)
                .tls(tls);
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), from })
    }
}

#[async_trait]
impl Messenger for Mailer {
    async fn send(&self, address: &str, subject: &str, text: &str) -> Result<(), String> {
        let to: Address = address.parse().map_err(|_| "not an address".to_owned())?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .body(text.to_owned());
        let message = message.map_err(|_| "the message could not be built".to_owned())?;
        // The server's own words may repeat the address: only the kind of failure is kept.
        self.transport.send(message).await.map(drop).map_err(|error| {
            let kind = if error.is_timeout() {
                "the mail server did not answer in time"
            } else if error.is_permanent() {
                "the mail server refused the message"
            } else {
                "the mail server could not be reached"
            };
            kind.to_owned()
        })
    }
}

/// Whether a text is an e-mail address that can be written to.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<Address>().is_ok()
}

/// An address as it may be shown to somebody who should recognise it, and not learn it: `a***z@example.org`.
#[must_use]
pub fn pattern(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "***".to_owned() };
    let first: String = local.chars().take(1).collect();
    let last: String = local.chars().skip(1).last().into_iter().collect();
    format!("{first}***{last}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_hides_the_middle() {
        assert_eq!(pattern("alice@example.org"), "a***e@example.org");
        assert_eq!(pattern("a@example.org"), "a***@example.org");
        assert_eq!(pattern("nonsense"), "***");
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        assert!(is_address("alice@example.org"));
        for text in ["", "alice", "alice@", "@example.org", "a b@example.org", "a@b\r\nBcc: c@d"] {
            assert!(!is_address(text), "{text}");
        }
    }
}
