//! The operator's own gateway for codes: one HTTP request for each.
//!
//! Plain `http://` only: the gateway is meant to stand on this machine or behind the operator's own tunnel. An `https://` address is
//! refused when the configuration is read.

use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::ports::Messenger;

/// How long the gateway may take, in all.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The part of the answer that is read: its first line.
const STATUS_BYTES: u64 = 64;

/// Posts `{"phone": "...", "text": "..."}` to a URL; any status from 200 to 299 is a success.
#[derive(Clone, Debug)]
pub struct Webhook {
    authority: String,
    address: String,
    path: String,
}

impl Webhook {
    /// From `http://host[:port][/path]`.
    ///
    /// # Errors
    /// One line: what is wrong with the URL.
    pub fn new(url: &str) -> Result<Self, String> {
        let rest =
            url.strip_prefix("http://").ok_or("the webhook's URL must start with http://")?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if authority.is_empty()
            || authority.contains('@')
            || !is_plain(authority)
            || !is_plain(path)
        {
            return Err("the webhook's URL is malformed".to_owned());
        }
        let has_port =
            authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { authority: authority.to_owned(), address, path: path.to_owned() })
    }

    async fn post(&self, body: &str) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("the webhook failed: {}", error.kind());
        let mut stream = TcpStream::connect(&self.address).await.map_err(failed)?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.path,
            self.authority,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.map_err(failed)?;
        stream.write_all(body.as_bytes()).await.map_err(failed)?;
        let mut answer = Vec::new();
        stream.take(STATUS_BYTES).read_to_end(&mut answer).await.map_err(failed)?;
        let status = answer.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5));
        match status {
            Some([b'2', _, _]) => Ok(()),
            Some(status) => {
                Err(format!("the webhook answered {}", String::from_utf8_lossy(status)))
            }
            None => Err("the webhook did not answer in HTTP".to_owned()),
        }
    }
}

#[async_trait]
impl Messenger for Webhook {
    async fn send(&self, address: &str, _subject: &str, text: &str) -> Result<(), String> {
        let body = serde_json::json!({ "phone": address, "text": text }).to_string();
        tokio::time::timeout(TIMEOUT, self.post(&body))
            .await
            .map_err(|_| "the webhook took too long".to_owned())?
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered_with(status: &'static str) -> (Result<(), String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/codes?key=1", listener.local_addr().unwrap());
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = String::new();
            while !request.ends_with('}') {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).await.unwrap();
                request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
            stream
                .write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes())
                .await
                .unwrap();
            request
        };
        let webhook = Webhook::new(&url).unwrap();
        tokio::join!(webhook.send("4912345", "", "123456"), server)
    }

    #[tokio::test]
    async fn posts_json_and_reads_the_status() {
        let (result, request) = answered_with("204 No Content").await;
        assert_eq!(result, Ok(()));
        assert!(request.starts_with("POST /codes?key=1 HTTP/1.1\r\n"), "{request}");
        assert!(request.ends_with(r#"{"phone":"4912345","text":"123456"}"#), "{request}");
        let (result, _) = answered_with("503 Service Unavailable").await;
        assert_eq!(result, Err("the webhook answered 503".to_owned()));
    }

    #[test]
    fn only_plain_http_urls_are_taken() {
        for url in [
            "https://example.org/",
            "http://",
            "http:///x",
            "http://a b/",
            "http://u@h/",
            "http://h/\r\nX: y",
            "ftp://h",
        ] {
            assert!(Webhook::new(url).is_err(), "{url}");
        }
        assert_eq!(Webhook::new("http://example.org").unwrap().address, "example.org:80");
    }
}
