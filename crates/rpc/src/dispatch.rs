//! From a constructor id to the method that answers it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use model::AuthKeyId;
use services::{Caller, Core};
use tl_api::Function;

use crate::convert::Viewer;
use crate::error::RpcError;

/// Everything a method may know of its request.
#[derive(Clone)]
pub struct Call {
    /// The services.
    pub core: Arc<Core>,
    /// The permanent key that the request came under.
    pub key: AuthKeyId,
    /// The MTProto session.
    pub session: i64,
    /// The signed-in account, if any.
    pub caller: Option<Caller>,
    /// The client's layer.
    pub layer: i32,
    /// What the connection knows: addresses and numbers for `help.getConfig`.
    pub connection: Arc<Connection>,
}

/// What a method may know of its connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The DC that the client dialled, 2 if it did not say.
    pub dc: i32,
    /// The client's address, for the list of devices and for limits.
    pub peer_ip: std::net::IpAddr,
    /// The addresses the server is reached at.
    pub listen: Vec<std::net::SocketAddr>,
}

impl Call {
    /// The signed-in caller.
    ///
    /// # Errors
    /// 401 `AUTH_KEY_UNREGISTERED` before sign-in.
    pub fn signed_in(&self) -> Result<Caller, RpcError> {
        self.caller.ok_or_else(RpcError::unregistered)
    }

    /// The signed-in caller as the reader of the answer.
    ///
    /// # Errors
    /// See [`Self::signed_in`].
    pub fn viewer(&self) -> Result<Viewer, RpcError> {
        Ok(Viewer { user: self.signed_in()?.user, dc: self.connection.dc })
    }
}

/// What a method declares of itself.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Works before sign-in.
    pub before_sign_in: bool,
}

impl Spec {
    /// For signed-in callers.
    pub const SIGNED_IN: Self = Self { before_sign_in: false };
    /// For everyone.
    pub const ANYONE: Self = Self { before_sign_in: true };
}

/// An answer, encoded in the canonical layer (the bare result, without `rpc_result`).
pub type Reply = Result<Vec<u8>, RpcError>;

type Running = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// One row of the table.
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) spec: Spec,
    pub(crate) run: fn(Call, &[u8]) -> Running,
}

/// Decodes, runs and encodes: the one place where bytes become a request.
pub(crate) fn run<F, H, Fut>(call: Call, body: &[u8], handle: H) -> Running
where
    F: Function + Send + 'static,
    H: FnOnce(Call, F) -> Fut,
    Fut: Future<Output = Result<F::Return, RpcError>> + Send + 'static,
{
    match decode::<F>(body) {
        Ok(request) => {
            let running = handle(call, request);
            Box::pin(
                async move { running.await.map(|answer| tl_codec::Serialize::to_bytes(&answer)) },
            )
        }
        Err(error) => Box::pin(std::future::ready(Err(error))),
    }
}

fn decode<F: Function>(body: &[u8]) -> Result<F, RpcError> {
    let mut reader = tl_codec::Reader::new(body);
    let request =
        F::deserialize(&mut reader).map_err(|_| RpcError::bad_request("INPUT_REQUEST_INVALID"))?;
    reader.finish().map_err(|_| RpcError::bad_request("INPUT_REQUEST_TOO_LONG"))?;
    Ok(request)
}

/// One row: `entry!(SPEC, functions::help::GetConfig, handle)`.
macro_rules! entry {
    ($spec:expr, $function:ty, $handle:path) => {
        $crate::dispatch::Entry {
            id: <$function as tl_api::Function>::ID,
            name: <$function as tl_api::Function>::NAME,
            spec: $spec,
            run: |call, body| $crate::dispatch::run::<$function, _, _>(call, body, $handle),
        }
    };
}
pub(crate) use entry;

/// Finds methods by constructor id.
pub struct Dispatcher {
    table: BTreeMap<u32, Entry>,
}

impl Default for Dispatcher {
    fn default() -> Self {
        Self {
            table: crate::methods::entries().into_iter().map(|entry| (entry.id, entry)).collect(),
        }
    }
}

impl Dispatcher {
    /// Answers a request of the canonical layer: constructor id and arguments.
    ///
    /// # Errors
    /// `METHOD_INVALID` for what is not served, 401 before sign-in, and those of the method.
    pub async fn answer(&self, call: Call, request: &[u8]) -> Reply {
        let Some((id, body)) = request.split_first_chunk::<4>() else {
            return Err(RpcError::bad_request("INPUT_REQUEST_TOO_SHORT"));
        };
        let Some(entry) = self.table.get(&u32::from_le_bytes(*id)) else {
            return Err(RpcError::bad_request("METHOD_INVALID"));
        };
        if !entry.spec.before_sign_in && call.caller.is_none() {
            return Err(RpcError::unregistered());
        }
        (entry.run)(call, body).await
    }

    /// The official name of a served method, for logs and metrics.
    #[must_use]
    pub fn name(&self, request: &[u8]) -> Option<&'static str> {
        let id = request.first_chunk::<4>()?;
        self.table.get(&u32::from_le_bytes(*id)).map(|entry| entry.name)
    }

    /// Whether a method changes nothing, as the protocol names such methods: asked twice, it may run twice.
    #[must_use]
    pub fn only_reads(&self, request: &[u8]) -> bool {
        let verb = self.name(request).and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        ["get", "search", "resolve"].iter().any(|read| verb.starts_with(read))
    }

    /// The names of all served methods.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.table.values().map(|entry| entry.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// A second row would take the place of the first, or not: it hangs on their order.
    #[test]
    fn each_method_has_one_row() {
        let mut seen = BTreeSet::new();
        let names = crate::methods::entries().into_iter().map(|entry| entry.name);
        let twice: Vec<_> = names.filter(|name| !seen.insert(*name)).collect();
        assert_eq!(twice, [""; 0]);
    }
}
