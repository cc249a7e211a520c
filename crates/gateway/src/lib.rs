//! Sockets, sessions held, live delivery: one port for MTProto in every framing, WebSocket and HTTP.
//!
//! A connection reads packets ([`transport`]), the key ring opens them ([`keys`]), a session checks them
//! ([`sessions`]), its requests run in order of their message ids ([`requests`]), and what happens is told to everyone
//! connected ([`delivery`]). The gateway holds no state that matters: whatever it forgets, clients fetch by difference.
//!
//! Neighbours: `mtproto` for the protocol, `layers` for other layers, `rpc` for methods and updates.

mod bind;
mod clock;
pub mod config;
mod delivery;
mod flood;
mod handshakes;
mod keys;
mod limits;
pub mod metrics;
mod outbox;
mod requests;
mod sessions;
mod transport;

use std::sync::Arc;

use axum::Router;
use rpc::Dispatcher;
use services::Core;

pub use config::GatewayConfig;
pub use metrics::Metrics;
pub use transport::listener::{Accepting, Listeners};

use crate::clock::Clocks;
use crate::delivery::Delivery;
use crate::handshakes::Handshaker;
use crate::keys::KeyRing;

/// Everything that connections share.
pub struct Gateway {
    core: Arc<Core>,
    config: GatewayConfig,
    clocks: Clocks,
    keys: KeyRing,
    handshaker: Handshaker,
    salts: mtproto::session::Salts,
    dispatcher: Dispatcher,
    delivery: Delivery,
    metrics: Arc<Metrics>,
    secrets: mtproto::framing::Secrets,
    per_address: transport::listener::PerAddress,
    router: parking_lot::Mutex<Router>,
}

impl Gateway {
    /// Makes a gateway and starts its delivery. `router` holds the public pages.
    #[must_use]
    pub fn start(core: Arc<Core>, config: GatewayConfig, router: Router) -> Arc<Self> {
        let metrics = Arc::new(Metrics::default());
        let gateway = Arc::new(Self {
            clocks: Clocks::start(),
            keys: KeyRing::new(Arc::clone(&core)),
            handshaker: Handshaker::new(&config),
            salts: mtproto::session::Salts::new(
                config.node_secret,
                config.boot_epoch.cast_unsigned(),
            ),
            dispatcher: Dispatcher::default(),
            delivery: Delivery::default(),
            secrets: mtproto::framing::Secrets::new(
                config.secrets.iter().map(<[u8; 16]>::as_slice),
            ),
            per_address: transport::listener::PerAddress::default(),
            router: parking_lot::Mutex::new(Router::new()),
            metrics,
            config,
            core,
        });
        *gateway.router.lock() = transport::http::routes(&gateway, router);
        gateway.run_delivery();
        gateway
    }

    /// Counters for `/metrics`.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Names of the served methods.
    pub fn method_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.dispatcher.names()
    }
}
