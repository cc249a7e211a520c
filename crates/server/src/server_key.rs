//! The server's RSA key. Only the first start makes one, which takes a tenth of a second: meanwhile the server listens and shows
//! its pages, and key exchanges wait.

use std::sync::Arc;

use mtproto::handshake::Keys;
use tokio::sync::{oneshot, watch};

use crate::data_dir::DataDir;
use crate::failure::Failure;

/// The key as those who need it get it.
pub(crate) struct ServerKey {
    /// For key exchanges.
    pub(crate) keys: gateway::config::KeysToCome,
    /// For the page that tells newcomers how to connect.
    pub(crate) shown: web::KeyToCome,
    /// Rings if it could not be made or kept.
    pub(crate) failed: oneshot::Receiver<Failure>,
}

/// Reads the key, or begins to make it.
///
/// # Errors
/// One line for the operator, where there is a key that cannot be read.
pub(crate) fn prepare(dir: &DataDir) -> Result<ServerKey, Failure> {
    let (keys_out, keys) = watch::channel(None);
    let (shown_out, shown) = watch::channel(None);
    let (failed_out, failed) = oneshot::channel();
    let publish = move |pair: crypto::RsaKeyPair| {
        let pem = pair
            .public_pem_pkcs1()
            .map_err(|error| Failure::new(format!("cannot write the public key: {error}")))?;
        let fingerprint = format!("{:016x}", pair.fingerprint().cast_unsigned());
        shown_out.send_replace(Some(web::PublicKey { pem, fingerprint }));
        keys_out.send_replace(Some(Arc::new(Keys::new(pair, Vec::new()))));
        Ok(())
    };
    if dir.has_rsa() {
        publish(dir.rsa()?)?;
    } else {
        let dir = dir.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(failure) = dir.rsa().and_then(publish) {
                // Without anybody listening the server is ending already.
                drop(failed_out.send(failure));
            }
        });
    }
    Ok(ServerKey { keys, shown, failed })
}
