//! `hoopoe key`: the server's public key, for clients.

use std::path::Path;

use crate::data_dir::DataDir;
use crate::failure::Failure;

/// Prints the key; makes the data folder and the key if there are none yet, so that clients can be built before the first start.
pub(crate) fn run(data: &Path) -> Result<(), Failure> {
    let rsa = DataDir::open_or_create(data)?.rsa()?;
    let pem = rsa
        .public_pem_pkcs1()
        .map_err(|error| Failure::new(format!("cannot write the public key: {error}")))?;
    super::print(&format!(
        "{}\nfingerprint: {:016x}\n",
        pem.trim_end(),
        rsa.fingerprint().cast_unsigned()
    ))
}
