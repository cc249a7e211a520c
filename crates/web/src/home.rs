//! `/`: tells a newcomer how to connect, with this server's own address, dc and key filled in.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use crate::{PublicKey, Site};

/// The page, as soon as there is a key to show.
pub(crate) async fn answer(site: Arc<Site>) -> Response {
    let mut key = site.key.clone();
    match key.wait_for(Option::is_some).await.ok().and_then(|key| key.clone()) {
        Some(key) => crate::html(&page(&site, &key).into_string()).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn page(site: &Site, key: &PublicKey) -> Markup {
    let (host, port) = site.address.rsplit_once(':').unwrap_or((&site.address, "8443"));
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Hoopoe" }
                link rel="icon" href=(crate::style::ICON_PATH) type="image/svg+xml";
                link rel="stylesheet" href=(crate::style::PATH.as_str());
            }
            body {
                main.prose {
                    h1 { "Hoopoe" }
                    p { "This is a messenger that Telegram clients use as their server. Point a client here with these three facts." }
                    dl {
                        dt { "Address" } dd { code { (site.address) } }
                        dt { "DC" } dd { code { (site.dc) } }
                        dt { "Fingerprint of the key" } dd { code { (key.fingerprint) } }
                    }
                    section aria-labelledby="key" {
                        h2 id="key" { "Public key" }
                        p { "Save it as " code { "server.pem" } "; " code { "hoopoe key" } " prints the same." }
                        pre tabindex="0" { (key.pem.trim_end()) }
                    }
                    (recipe("Telethon", &telethon(host, port, site.dc)))
                    (recipe("mtcute", &mtcute(host, port, site.dc)))
                    (recipe("TDLib", &tdlib(host, port)))
                    (recipe("Official apps, rebuilt", &official(host, port, site.dc)))
                    section aria-labelledby="codes" {
                        h2 id="codes" { "Login codes" }
                        p { "A code goes to your other devices, to e-mail or to the operator's gateway where that is set up. Else the operator reads it with " code { "hoopoe login-code +15550001" } "." }
                    }
                }
            }
        }
    }
}

fn recipe(name: &str, text: &str) -> Markup {
    let id = name.to_ascii_lowercase().replace([' ', ','], "-");
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (name) }
            pre tabindex="0" { (text) }
        }
    }
}

fn telethon(host: &str, port: &str, dc: i32) -> String {
    format!(
        "from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

rsa.add_key(open('server.pem').read(), old=False)
session = StringSession()
session.set_dc({dc}, '{host}', {port})
client = TelegramClient(session, 1, 'any')   # any api_id and api_hash are accepted"
    )
}

fn mtcute(host: &str, port: &str, dc: i32) -> String {
    format!(
        "import fs from 'node:fs'
import {{ addPublicKey }} from '@mtcute/core/utils.js'
import {{ MemoryStorage, TelegramClient }} from '@mtcute/node'
import {{ NodeCryptoProvider }} from '@mtcute/node/utils.js'

const crypto = new NodeCryptoProvider()
await crypto.initialize()
addPublicKey(crypto, fs.readFileSync('server.pem', 'utf8'))
const dc = {{ id: {dc}, ipAddress: '{host}', port: {port}, testMode: false }}
const client = new TelegramClient({{
  apiId: 1, apiHash: 'any', storage: new MemoryStorage(), crypto, defaultDcs: {{ main: dc, media: dc }},
}})"
    )
}

fn tdlib(host: &str, port: &str) -> String {
    format!(
        "TDLib carries addresses and keys inside. Build it from source with both replaced:
  td/telegram/net/ConnectionCreator.cpp   addresses of the data centres -> {host}, port {port}
  td/telegram/net/PublicRsaKeySharedMain.cpp   the keys -> server.pem
Everything else stays as it is."
    )
}

fn official(host: &str, port: &str, dc: i32) -> String {
    format!(
        "Android   TMessagesProj/jni/tgnet/ConnectionsManager.cpp (addresses), Handshake.cpp (keys)
iOS       submodules/MtProtoKit (keys), submodules/TelegramCore/Sources/Network/Network.swift (addresses)
Desktop   Telegram/SourceFiles/mtproto/mtproto_dc_options.cpp (addresses and keys)
Web       WebSocket at ws://{host}:{port}/apiws, subprotocol \"binary\"
Put {host}:{port} as DC {dc} and server.pem as the only key, and build."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_filled_in_and_escaped() {
        let site = Site {
            url: String::new(),
            address: "192.0.2.7:443".to_owned(),
            dc: 2,
            key: tokio::sync::watch::channel(None).1,
        };
        let key = PublicKey { pem: "PEM<&".to_owned(), fingerprint: "00ff".to_owned() };
        let text = page(&site, &key).into_string();
        assert!(text.contains("session.set_dc(2, '192.0.2.7', 443)") || text.contains("192.0.2.7"));
        assert!(text.contains("PEM&lt;&amp;") && text.contains("00ff"));
    }
}
