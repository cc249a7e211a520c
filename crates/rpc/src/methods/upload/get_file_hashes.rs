//! `upload.getFileHashes`: SHA-256 of a file's blocks of 128 KiB, for those who may read it.
//!
//! Errors: those of `upload.getFile`.

use services::media::download;
use tl_api::{enums, functions, types};

use super::location::location;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::upload::GetFileHashes,
) -> Result<Vec<enums::FileHash>, RpcError> {
    let location = location(&call, &request.location).await?;
    let hashes =
        download::hashes(&call.core, call.signed_in()?.user, &location, request.offset).await?;
    let hash = |block: download::BlockHash| {
        types::FileHash { offset: block.offset, limit: block.length, hash: block.sha256.to_vec() }
            .into()
    };
    Ok(hashes.into_iter().map(hash).collect())
}
