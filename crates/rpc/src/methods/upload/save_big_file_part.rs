//! `upload.saveBigFilePart`: one part of a file of more than 10 MB, up to 4 GiB.
//!
//! Errors: `FILE_PART_INVALID`, `FILE_PART_EMPTY`, `FILE_PART_TOO_BIG`, `FILE_PART_SIZE_INVALID`, `FILE_PARTS_INVALID`;
//! `FLOOD_WAIT_X` while too much that was sent is in no file yet.

use services::media::upload;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::upload::SaveBigFilePart,
) -> Result<bool, RpcError> {
    let functions::upload::SaveBigFilePart { file_id, file_part, file_total_parts, bytes } =
        request;
    upload::save_big_part(
        &call.core,
        call.signed_in()?,
        file_id,
        file_part,
        file_total_parts,
        bytes,
    )
    .await?;
    Ok(true)
}
