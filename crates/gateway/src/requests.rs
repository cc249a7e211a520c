//! A request's way: its envelope is peeled, its layer raised to the canonical one, its method run, its answer brought back.
//!
//! Requests of a session run one after another in the order of their message ids, so that what one does is there for the
//! next. Only parts of files need no order and run side by side.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use layers::{Envelope, Layer, peel};
use model::AuthKeyId;
use model::account::ClientInfo;
use mtproto::session::{Finished, RpcAnswer};
use rpc::{Call, Connection, RpcError};
use services::Caller;
use tl_api::Function as _;
use tl_api::functions::{auth, upload};
use tl_codec::Budget;

use crate::metrics::count;
use crate::sessions::LiveSession;
use crate::{Gateway, limits};

impl Gateway {
    /// Takes a request of a session in: it runs when its turn comes.
    pub(crate) fn enqueue(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        ip: IpAddr,
        msg_id: i64,
        body: Vec<u8>,
    ) {
        let mut queue = session.queue.lock();
        if queue.waiting.len() >= limits::SESSION_REQUESTS {
            drop(queue);
            return self.answer(
                session,
                msg_id,
                RpcAnswer::Error { code: 420, text: "FLOOD_WAIT_1".to_owned() },
            );
        }
        queue.waiting.push_back((msg_id, body));
        if !queue.running {
            queue.running = true;
            drop(queue);
            tokio::spawn(Arc::clone(self).run_queue(Arc::clone(session), ip));
        }
    }

    async fn run_queue(self: Arc<Self>, session: Arc<LiveSession>, ip: IpAddr) {
        loop {
            let next = {
                let mut queue = session.queue.lock();
                let next = queue.waiting.pop_front();
                queue.running = next.is_some();
                next
            };
            let Some((msg_id, body)) = next else { return };
            if !self.room_for_answers(&session).await {
                return;
            }
            self.run_request(&session, ip, msg_id, body).await;
        }
    }

    /// Waits until what was answered before has left, so that a client which asks and does not read costs no more than a few
    /// answers. False if the session ended.
    async fn room_for_answers(&self, session: &LiveSession) -> bool {
        loop {
            let rings = session.answered.notified();
            let outbox = session.outbox();
            let drains = outbox.as_ref().map(|outbox| outbox.changed.notified());
            if session.is_ended() {
                return false;
            }
            if session.backlog() <= limits::ANSWER_BACKLOG {
                return true;
            }
            match drains {
                Some(drains) => tokio::select! { () = drains => {}, () = rings => {} },
                None => rings.await,
            }
        }
    }

    async fn run_request(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        ip: IpAddr,
        msg_id: i64,
        body: Vec<u8>,
    ) {
        let request = match self.open_request(session, msg_id, &body).await {
            Ok(request) => request,
            Err(error) => return self.refuse(session, msg_id, &error),
        };
        if request.is_file {
            let places = Arc::clone(&session.files);
            let Ok(place) = places.acquire_owned().await else { return };
            let (gateway, session) = (Arc::clone(self), Arc::clone(session));
            tokio::spawn(async move {
                gateway.finish_request(&session, ip, msg_id, &request).await;
                drop(place);
            });
        } else {
            self.finish_request(session, ip, msg_id, &request).await;
        }
    }

    /// Peels the envelope, notes what it says, and raises the query to the canonical layer.
    async fn open_request(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        msg_id: i64,
        body: &[u8],
    ) -> Result<Request, RpcError> {
        let mut budget = Budget::for_request(body.len());
        let Envelope { layer, init, after, without_updates, query, .. } =
            peel(body, &mut budget).map_err(|error| refusal(&error))?;
        for earlier in after {
            self.wait_for(session, msg_id, earlier).await?;
        }
        let key = &session.key;
        if let Some(layer) = layer {
            let known = Layer::supported(layer).map_err(|error| refusal(&error))?;
            if layer > tl_api::LAYER && key.names_newer_layer() {
                tracing::info!(layer, "client of a newer layer is answered at ours");
            }
            key.set_layer(i32::from(known.number()));
        }
        if let Some(init) = init {
            let info = ClientInfo {
                api_id: init.api_id,
                device_model: init.device_model,
                system_version: init.system_version,
                app_version: init.app_version,
                lang_code: init.lang_code,
                layer: key.layer(),
            };
            if key.describes_anew(&info) {
                self.store_description(key.id, key.permanent(), info).await;
            }
        }
        let layer = match key.layer() {
            // A client that never named a layer gets the newest.
            0 => tl_api::LAYER,
            layer => layer,
        };
        let layer = Layer::supported(layer).map_err(|error| refusal(&error))?;
        let canonical = layers::upgrade_request(layer, &query, &mut budget)
            .map_err(|error| refusal(&error))?
            .into_owned();
        let method = canonical.first_chunk::<4>().map_or(0, |id| u32::from_le_bytes(*id));
        let is_file = matches!(
            method,
            upload::SaveFilePart::ID | upload::SaveBigFilePart::ID | upload::GetFile::ID
        );
        Ok(Request {
            layer,
            method,
            canonical,
            is_file,
            wants_updates: !without_updates && !is_file,
        })
    }

    async fn store_description(
        &self,
        id: AuthKeyId,
        permanent: Option<AuthKeyId>,
        info: ClientInfo,
    ) {
        for key in [Some(id), permanent.filter(|permanent| *permanent != id)].into_iter().flatten()
        {
            if let Err(error) = self.core.stores.keys.describe_client(key, info.clone()).await {
                tracing::warn!(%error, "client's description not stored");
            }
        }
    }

    /// Waits until an earlier message of the session has been answered.
    ///
    /// Requests run in order, so only files, which run side by side, can still be under way here. A request that waits for itself,
    /// or for one that is behind it in the queue, would wait for ever.
    async fn wait_for(
        &self,
        session: &LiveSession,
        msg_id: i64,
        earlier: i64,
    ) -> Result<(), RpcError> {
        let failed = || RpcError::bad_request("MSG_WAIT_FAILED");
        loop {
            let rings = session.answered.notified();
            let is_behind = earlier >= msg_id
                || session.queue.lock().waiting.iter().any(|(queued, _)| *queued == earlier);
            match session.with(|protocol| protocol.finished(earlier)) {
                Finished::Ok => return Ok(()),
                Finished::Pending if !is_behind => rings.await,
                Finished::Pending | Finished::Failed | Finished::Unknown => return Err(failed()),
            }
        }
    }

    async fn finish_request(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        ip: IpAddr,
        msg_id: i64,
        request: &Request,
    ) {
        if request.method == auth::BindTempAuthKey::ID {
            let answer = self.bind_temp_key(session, msg_id, &request.canonical).await;
            return self.reply(session, msg_id, request, answer);
        }
        self.end_binding(&session.key);
        let Some(permanent) = session.key.permanent() else {
            return self.refuse(session, msg_id, &RpcError::new(401, "AUTH_KEY_PERM_EMPTY"));
        };
        let caller = match self.caller(session, permanent).await {
            Ok(caller) => caller,
            Err(error) => return self.refuse(session, msg_id, &error),
        };
        if let Some(caller) = caller {
            self.note_activity(session, caller, ip);
            if request.wants_updates && session.start_updates() {
                self.delivery_add(session, caller.user).await;
            }
        }
        let call = Call {
            core: Arc::clone(&self.core),
            key: permanent,
            session: session.id,
            caller,
            layer: i32::from(request.layer.number()),
            connection: Arc::new(Connection {
                dc: session.key.dc,
                peer_ip: ip,
                listen: self.config.advertised.clone(),
            }),
        };
        let answer = self.dispatcher.answer(call, &request.canonical).await;
        self.reply(session, msg_id, request, answer);
        if caller.is_none() {
            self.meet_new_caller(session, permanent, request).await;
        }
    }

    /// Somebody who just signed in gets updates from now on.
    async fn meet_new_caller(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        permanent: AuthKeyId,
        request: &Request,
    ) {
        if request.wants_updates
            && let Ok(Some(caller)) = self.caller(session, permanent).await
            && session.start_updates()
        {
            self.delivery_add(session, caller.user).await;
        }
    }

    fn reply(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        msg_id: i64,
        request: &Request,
        answer: rpc::Reply,
    ) {
        count(&self.metrics.requests_total);
        match answer {
            Ok(canonical) => {
                let changed = layers::downgrade_answer(request.layer, request.method, &canonical)
                    .map(|body| match body {
                        Cow::Owned(changed) => Some(changed),
                        Cow::Borrowed(_) => None,
                    });
                match changed {
                    Ok(changed) => self.answer(
                        session,
                        msg_id,
                        RpcAnswer::Result {
                            body: changed.unwrap_or(canonical),
                            compressible: !request.is_file,
                            repeatable: self.dispatcher.only_reads(&request.canonical),
                        },
                    ),
                    Err(error) => {
                        let name = self.dispatcher.name(&request.canonical).unwrap_or("unknown");
                        tracing::error!(method = name, layer = request.layer.number(), %error, "answer not expressible in the client's layer");
                        self.refuse(session, msg_id, &RpcError::new(500, "INTERNAL"));
                    }
                }
            }
            Err(error) => {
                let name = self.dispatcher.name(&request.canonical).unwrap_or("unknown");
                tracing::debug!(method = name, error_code = error.code, error = %error.text, "request refused");
                self.refuse(session, msg_id, &error);
            }
        }
    }

    fn refuse(self: &Arc<Self>, session: &Arc<LiveSession>, msg_id: i64, error: &RpcError) {
        count(&self.metrics.request_errors_total);
        self.answer(
            session,
            msg_id,
            RpcAnswer::Error { code: error.code, text: error.text.to_string() },
        );
    }

    /// Who is signed in with this permanent key. Asked of the store until there is somebody.
    pub(crate) async fn caller(
        &self,
        session: &LiveSession,
        permanent: AuthKeyId,
    ) -> Result<Option<Caller>, RpcError> {
        let caller = |user| Caller { user, key: permanent, session: session.id };
        if let Some(user) = session.key.known_user() {
            return Ok(Some(caller(user)));
        }
        let age = session.key.identity_age();
        let authorization =
            services::devices::resume(&self.core, permanent).await.map_err(RpcError::from)?;
        let user = authorization.map(|authorization| authorization.user);
        session.key.learn_user(user, age);
        Ok(user.map(caller))
    }

    fn note_activity(self: &Arc<Self>, session: &LiveSession, caller: Caller, ip: IpAddr) {
        if session.key.touches(self.clocks.now().mono) {
            let (core, now) = (Arc::clone(&self.core), self.core.now());
            tokio::spawn(async move {
                if let Err(error) = core
                    .stores
                    .keys
                    .touch_authorization(caller.key, ip.to_canonical().to_string(), now)
                    .await
                {
                    tracing::debug!(%error, "activity not noted");
                }
            });
        }
    }
}

/// A request that is ready to run.
struct Request {
    layer: Layer,
    /// The canonical constructor.
    method: u32,
    canonical: Vec<u8>,
    is_file: bool,
    wants_updates: bool,
}

/// What a client hears of a request that does not decode, by whose fault it is.
fn refusal(error: &layers::Error) -> RpcError {
    tracing::debug!(%error, "request not decoded");
    match error {
        layers::Error::LayerTooOld { .. } => RpcError::bad_request("CONNECTION_LAYER_INVALID"),
        layers::Error::UnknownMethod { .. } | layers::Error::UnservedWrapper { .. } => {
            RpcError::bad_request("METHOD_INVALID")
        }
        layers::Error::BadWrappers => RpcError::bad_request("INPUT_REQUEST_INVALID"),
        layers::Error::Malformed(_) | layers::Error::NotExpressible { .. } => {
            RpcError::bad_request("INPUT_CONSTRUCTOR_INVALID")
        }
        layers::Error::Unreadable(_) => RpcError::new(500, "INTERNAL"),
    }
}
