//! `updates.getDifference`: what happened since a position and a date, in slices; or that it is too much.
//!
//! Errors: `PERSISTENT_TIMESTAMP_INVALID`.

use model::{Pts, Qts, UnixTime};
use services::updates::Asked;
use tl_api::{enums, functions};

use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::updates::GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    let asked = Asked {
        pts: Pts(request.pts),
        date: UnixTime(request.date.into()),
        qts: Qts(request.qts),
        slice: request.pts_limit,
        total: request.pts_total_limit,
    };
    let difference = services::updates::difference(&call.core, call.signed_in()?, asked).await?;
    updates::difference(&call.core, call.viewer()?, difference).await
}
