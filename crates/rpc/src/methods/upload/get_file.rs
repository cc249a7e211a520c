//! `upload.getFile`: a range of a file that the caller met, while they may still see where.
//!
//! Errors: `OFFSET_INVALID`, `LIMIT_INVALID`, `LOCATION_INVALID`, `FILE_ID_INVALID`, `FILE_REFERENCE_EXPIRED`, `PEER_ID_INVALID`.

use services::media::download::{self, Range};
use services::media::sniff::FileKind;
use tl_api::{enums, functions, types};

use super::location::location;
use crate::convert::date;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::upload::GetFile,
) -> Result<enums::upload::File, RpcError> {
    let location = location(&call, &request.location).await?;
    let range = Range { offset: request.offset, limit: request.limit, precise: request.precise };
    let chunk = download::read(&call.core, call.signed_in()?.user, &location, range).await?;
    Ok(types::upload::File {
        r#type: kind(chunk.kind),
        mtime: date(chunk.modified),
        bytes: chunk.bytes,
    }
    .into())
}

const fn kind(kind: FileKind) -> enums::storage::FileType {
    use enums::storage::FileType as T;
    match kind {
        FileKind::Unknown | FileKind::Ogg => T::FileUnknown,
        FileKind::Jpeg => T::FileJpeg,
        FileKind::Gif => T::FileGif,
        FileKind::Png => T::FilePng,
        FileKind::Pdf => T::FilePdf,
        FileKind::Mp3 => T::FileMp3,
        FileKind::Mov => T::FileMov,
        FileKind::Mp4 => T::FileMp4,
        FileKind::Webp => T::FileWebp,
    }
}
