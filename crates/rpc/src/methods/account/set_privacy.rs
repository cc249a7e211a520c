//! `account.setPrivacy key rules = account.PrivacyRules`.
//!
//! No rule at all lets nobody through; apps say "nobody" so, and the answer names the rule.
//!
//! Errors: `PRIVACY_KEY_INVALID`, `PRIVACY_VALUE_INVALID`.

use services::privacy;
use tl_api::{enums, functions};

use crate::convert::settings;
use crate::{Call, RpcError};

/// Rules read from one request, more than the service takes.
const MOST_RULES: usize = 32;

pub(super) async fn handle(
    call: Call,
    request: functions::account::SetPrivacy,
) -> Result<enums::account::PrivacyRules, RpcError> {
    let caller = call.signed_in()?;
    let key = settings::from_privacy_key(&request.key)?;
    let mut rules = Vec::with_capacity(request.rules.len());
    for rule in request.rules.iter().take(MOST_RULES) {
        rules.extend(settings::from_privacy_rule(&call, rule).await?);
    }
    privacy::set_rules(&call.core, caller, key, rules).await?;
    let rules = privacy::rules(&call.core, caller, key).await?;
    super::privacy_rules(&call, &rules).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn no_rules_let_nobody_through() {
        let world = World::new();
        let anna = world.sign_up("Anna").await;
        let key = || enums::InputPrivacyKey::InputPrivacyKeyStatusTimestamp;
        let set = functions::account::SetPrivacy { key: key(), rules: Vec::new() };
        for answer in
            [anna.ok(set).await, anna.ok(functions::account::GetPrivacy { key: key() }).await]
        {
            let enums::account::PrivacyRules::PrivacyRules(kept) = answer;
            assert_eq!(kept.rules, [enums::PrivacyRule::PrivacyValueDisallowAll]);
        }
    }
}
