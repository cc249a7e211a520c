//! Authorization keys and signed-in devices.

use async_trait::async_trait;
use model::account::{Authorization, ClientInfo, StoredKey};
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};

use crate::Result;

/// Authorization keys and signed-in devices.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Keeps a new key.
    ///
    /// # Errors
    /// `Conflict` if a key has this id already (the handshake then answers `dh_gen_retry`).
    async fn insert_key(&self, key: StoredKey) -> Result<()>;

    /// The key of this id, permanent or temporary. An expired temporary key is `NotFound`.
    async fn key(&self, id: AuthKeyId, now: UnixTime) -> Result<StoredKey>;

    /// Binds a temporary key to a permanent one until `expires`; a later binding replaces it.
    ///
    /// # Errors
    /// `NotFound` if either key is unknown, or `temp` is not a temporary key.
    async fn bind_temp_key(
        &self,
        temp: AuthKeyId,
        permanent: AuthKeyId,
        expires: UnixTime,
    ) -> Result<()>;

    /// Forgets the temporary keys bound to `permanent` that are not in `except`. Answers their ids.
    async fn drop_temp_keys(
        &self,
        permanent: AuthKeyId,
        except: &[AuthKeyId],
    ) -> Result<Vec<AuthKeyId>>;

    /// Forgets a key, its temporary keys and its authorization. Answers the account that was signed in with it.
    async fn destroy_key(&self, id: AuthKeyId) -> Result<Option<UserId>>;

    /// Notes the layer and description that the key's client named last.
    async fn describe_client(&self, key: AuthKeyId, client: ClientInfo) -> Result<()>;

    /// What the key's client said of itself.
    async fn client_info(&self, key: AuthKeyId) -> Result<ClientInfo>;

    /// Signs a permanent key in. An earlier authorization of the same key is replaced.
    async fn authorize(&self, authorization: Authorization) -> Result<()>;

    /// Who is signed in with this permanent key.
    async fn authorization(&self, key: AuthKeyId) -> Result<Option<Authorization>>;

    /// All devices of an account, newest activity first.
    async fn authorizations(&self, user: UserId) -> Result<Vec<Authorization>>;

    /// Notes activity.
    async fn touch_authorization(&self, key: AuthKeyId, ip: String, at: UnixTime) -> Result<()>;

    /// Ends one device's authorization (the key itself stays, signed out). Answers its key.
    ///
    /// # Errors
    /// `NotFound` if the account has no such device.
    async fn revoke_authorization(
        &self,
        user: UserId,
        hash: AuthorizationHash,
    ) -> Result<AuthKeyId>;

    /// Forgets temporary keys that ended before `now` and keys older than `unused_before` that never signed in.
    async fn sweep_keys(&self, now: UnixTime, unused_before: UnixTime) -> Result<u64>;
}
