//! `upload.saveFilePart`: one part of a file under a number that the client chose.
//!
//! Errors: `FILE_PART_INVALID`, `FILE_PART_EMPTY`, `FILE_PART_TOO_BIG`, `FILE_PARTS_INVALID`; `FLOOD_WAIT_X` while too much that
//! was sent is in no file yet.

use services::media::upload;
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::upload::SaveFilePart,
) -> Result<bool, RpcError> {
    upload::save_part(
        &call.core,
        call.signed_in()?,
        request.file_id,
        request.file_part,
        request.bytes,
    )
    .await?;
    Ok(true)
}
