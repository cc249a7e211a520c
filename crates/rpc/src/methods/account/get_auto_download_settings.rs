//! `account.getAutoDownloadSettings = account.AutoDownloadSettings`: what clients fetch by themselves unless their person chose otherwise.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

const KB: i64 = 1024;

pub(super) async fn handle(
    _call: Call,
    _request: functions::account::GetAutoDownloadSettings,
) -> Result<enums::account::AutoDownloadSettings, RpcError> {
    Ok(types::account::AutoDownloadSettings {
        low: preset(0, 512 * KB, 100),
        medium: preset(10 * 1024 * KB, 1024 * KB, 700),
        high: preset(15 * 1024 * KB, 3 * 1024 * KB, 1000),
    }
    .into())
}

/// Sizes in bytes, bitrate in kbit/s.
fn preset(
    video_size_max: i64,
    file_size_max: i64,
    video_upload_maxbitrate: i32,
) -> enums::AutoDownloadSettings {
    types::AutoDownloadSettings {
        video_preload_large: video_size_max > 0,
        audio_preload_next: true,
        photo_size_max: 1024 * 1024,
        video_size_max,
        file_size_max,
        video_upload_maxbitrate,
        small_queue_active_operations_max: 5,
        large_queue_active_operations_max: 2,
        ..Default::default()
    }
    .into()
}
