//! `users.getRequirementsToContact id = Vector<RequirementToContact>`. Nobody asks for premium or payment here.

use model::limits;
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    request: functions::users::GetRequirementsToContact,
) -> Result<Vec<enums::RequirementToContact>, RpcError> {
    if request.id.len() > limits::IDS_PER_CALL {
        return Err(RpcError::bad_request("LIMIT_INVALID"));
    }
    Ok(vec![enums::RequirementToContact::RequirementToContactEmpty; request.id.len()])
}
