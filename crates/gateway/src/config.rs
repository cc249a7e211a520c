//! What a gateway must be told.

use std::net::SocketAddr;
use std::sync::Arc;

use mtproto::handshake::Keys;
use tokio::sync::watch;

/// The server's RSA keys, once there are some. Key exchanges wait for them; without a sender left, they are refused.
pub type KeysToCome = watch::Receiver<Option<Arc<Keys>>>;

/// What a gateway must be told.
#[derive(Clone)]
pub struct GatewayConfig {
    /// The server's RSA keys.
    pub keys: KeysToCome,
    /// Secret of this node, for salts.
    pub node_secret: [u8; 32],
    /// Number of this start.
    pub boot_epoch: i64,
    /// Accept the old RSA form of the key exchange.
    pub old_rsa: bool,
    /// Obfuscation secrets (16 bytes each), if clients must know one. Without any, the plain form is accepted.
    pub secrets: Vec<[u8; 16]>,
    /// Addresses told to clients in `help.getConfig`.
    pub advertised: Vec<SocketAddr>,
    /// Most connections at a time, all addresses together.
    pub max_connections: usize,
    /// Most connections at a time from one address; 0 for no limit.
    pub max_connections_per_ip: usize,
}
