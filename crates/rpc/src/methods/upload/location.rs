//! File locations of the protocol. Those of older days and of sticker sets lead nowhere here.

use model::{DocumentId, PhotoId};
use services::media::download::Location;
use services::media::rights::{FileId, Met};
use tl_api::enums;

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn location(
    call: &Call,
    input: &enums::InputFileLocation,
) -> Result<Location, RpcError> {
    use enums::InputFileLocation as L;
    Ok(match input {
        L::InputDocumentFileLocation(file) => Location::File {
            met: Met {
                file: FileId::Document(DocumentId(file.id)),
                access_hash: file.access_hash,
                reference: file.file_reference.clone(),
            },
            thumb: file.thumb_size.clone(),
        },
        L::InputPhotoFileLocation(file) => Location::File {
            met: Met {
                file: FileId::Photo(PhotoId(file.id)),
                access_hash: file.access_hash,
                reference: file.file_reference.clone(),
            },
            thumb: file.thumb_size.clone(),
        },
        L::InputPeerPhotoFileLocation(file) => Location::PeerPhoto {
            peer: peers::input_peer(call, &file.peer).await?,
            photo: PhotoId(file.photo_id),
            big: file.big,
        },
        L::InputEncryptedFileLocation(file) => {
            Location::Encrypted { id: file.id, access_hash: file.access_hash }
        }
        _ => return Err(RpcError::bad_request("LOCATION_INVALID")),
    })
}
