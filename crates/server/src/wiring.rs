//! Puts the parts together: the only place that names backends.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::UnixTime;
use model::account::Phone;
use serde_json::{Value, json};
use services::{AccessHashes, Core, Policy};
use store::Stores;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::admin::{Line, Request};
use crate::config::Settings;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::system::{SystemClock, SystemRandom};
use crate::upkeep;

/// Complaints shown at once.
const MOST_REPORTS: i32 = 10_000;

/// A running server, as the admin socket sees it.
pub(crate) struct Running {
    core: Arc<Core>,
    dir: DataDir,
    gateway: Arc<gateway::Gateway>,
    started: Instant,
}

/// Runs a server until a signal ends it.
pub(crate) async fn serve(settings: Settings) -> Result<(), Failure> {
    let started = Instant::now();
    // What is wrong in the configuration is found before anything is touched.
    let messengers = Messengers::new(&settings)?;
    let dir = DataDir::open_or_create(&settings.file.server.data)?;
    // Addresses first: a busy port is found before the database is opened.
    let listeners = gateway::Listeners::bind(&settings.file.server.listen).map_err(Failure::new)?;
    // Made here by the first start, before the making of the RSA key asks for it in another thread.
    let views = backends::ViewKey::of_kek(&*dir.kek()?);
    let key = crate::server_key::prepare(&dir)?;
    let stores = open(dir.path(), views)?;
    let boot_epoch = stores
        .upkeep
        .next_boot_epoch()
        .await
        .map_err(|error| Failure::new(format!("the database cannot be written: {error}")))?;
    let node_secret = *dir.node_secret()?;
    let core = Arc::new(core(&settings, messengers, &dir, stores.clone(), node_secret)?);
    upkeep::catch_up(&core).await?;
    let config = gateway_config(&settings, key.keys, node_secret, boot_epoch);
    let counters = web::Counters::default();
    let site = web::Site {
        url: settings.public_url(),
        address: settings.advertised.first().map(ToString::to_string).unwrap_or_default(),
        dc: 2,
        key: key.shown,
    };
    let pages = web::router(site, counters.clone(), Arc::clone(&core));
    let gateway = gateway::Gateway::start(Arc::clone(&core), config, pages);
    show_counters(&counters, &gateway, &stores);
    let admin = crate::admin::listen(&dir.admin_socket())?;
    let socket = dir.admin_socket();
    let running =
        Arc::new(Running { core: Arc::clone(&core), dir, gateway: Arc::clone(&gateway), started });
    tokio::spawn(crate::admin::serve(admin, Arc::clone(&running)));
    upkeep::start(&core);
    for address in listeners.addresses() {
        info!(%address, elapsed_ms = started.elapsed().as_millis(), "listening");
    }
    let accepting = gateway.accept(listeners);
    tokio::select! {
        signal = wait_for_signal() => signal?,
        Ok(failure) = key.failed => return Err(failure),
    }
    info!("stopping");
    accepting.stop(Duration::from_secs(5)).await;
    if let Err(error) = stores.upkeep.tidy().await {
        warn!(%error, "log not truncated");
    }
    // The socket is only a name now.
    drop(std::fs::remove_file(socket));
    info!("stopped");
    Ok(())
}

fn gateway_config(
    settings: &Settings,
    keys: gateway::config::KeysToCome,
    node_secret: [u8; 32],
    boot_epoch: i64,
) -> gateway::GatewayConfig {
    gateway::GatewayConfig {
        keys,
        node_secret,
        boot_epoch,
        old_rsa: settings.file.handshake.old_rsa,
        secrets: settings.secrets.clone(),
        advertised: settings.advertised.clone(),
        max_connections: settings.file.server.max_connections,
        max_connections_per_ip: settings.file.server.max_connections_per_address,
    }
}

/// Lets `/metrics` read what the gateway and the database count.
fn show_counters(counters: &web::Counters, gateway: &Arc<gateway::Gateway>, stores: &Stores) {
    let (gateway, stores) = (Arc::clone(gateway), stores.clone());
    counters.set(move || {
        let mut all = gateway.metrics().snapshot();
        let stored = stores.upkeep.counters().into_iter();
        all.extend(stored.map(|(name, value)| (name, "counter", value)));
        all
    });
}

/// Ways of a code out of the server, those that are configured.
struct Messengers {
    mailer: Option<Arc<dyn services::ports::Messenger>>,
    webhook: Option<Arc<dyn services::ports::Messenger>>,
}

impl Messengers {
    fn new(settings: &Settings) -> Result<Self, Failure> {
        let mut ways = Self { mailer: None, webhook: None };
        let mail = &settings.file.mail;
        if !mail.host.is_empty() {
            let smtp = services::mail::MailConfig {
                host: mail.host.clone(),
                port: mail.port,
                credentials: (!mail.user.is_empty())
                    .then(|| (mail.user.clone(), mail.password.clone())),
                from: mail.from.clone(),
                tls: settings.mail_tls,
            };
            let mailer = services::mail::Mailer::new(&smtp).map_err(Failure::new)?;
            ways.mailer = Some(Arc::new(mailer));
        }
        let url = &settings.file.webhook.url;
        if !url.is_empty() {
            let webhook = services::webhook::Webhook::new(url).map_err(Failure::new)?;
            ways.webhook = Some(Arc::new(webhook));
        }
        Ok(ways)
    }
}

fn core(
    settings: &Settings,
    Messengers { mailer, webhook }: Messengers,
    dir: &DataDir,
    stores: Stores,
    node_secret: [u8; 32],
) -> Result<Core, Failure> {
    Ok(Core {
        stores,
        clock: Arc::new(SystemClock::start()),
        random: Arc::new(SystemRandom),
        access: AccessHashes::new(node_secret),
        policy: Policy {
            registration: settings.registration,
            limit_sign_in: settings.limit_sign_in,
            log_codes: settings.file.sign_in.log_codes,
            max_file_bytes: i64::from(settings.file.media.max_file_mib) * 1024 * 1024,
            link_prefix: settings.public_url(),
        },
        mailer,
        webhook,
        imaging: Arc::new(crate::imaging::Helper::new().map_err(Failure::new)?),
        sealer: crypto::Sealer::new(*dir.kek()?),
        memory: services::memory::Memory::default(),
    })
}

/// Opens the backends of a data folder.
fn open(path: &Path, views: backends::ViewKey) -> Result<Stores, Failure> {
    let progress = crate::commands::show_progress("bringing the database up to date");
    backends::open(path, views, &progress).map_err(|error| Failure::new(error.to_string()))
}

/// Runs a command on a store that no server has open.
pub(crate) fn offline<T>(
    dir: &DataDir,
    work: impl AsyncFnOnce(Stores) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let stores = open(dir.path(), backends::ViewKey::of_tools())?;
        work(stores).await
    })
}

/// Verifies the database and every blob.
pub(crate) async fn check(
    stores: &Stores,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Value, Failure> {
    let database = |done: u64, total: u64| {
        progress(done.saturating_mul(50).checked_div(total).unwrap_or(50), 100);
    };
    let report = stores
        .upkeep
        .check(&database)
        .await
        .map_err(|error| Failure::new(format!("cannot check: {error}")))?;
    let (blobs, mut faults) = services::media::verify_blobs(stores)
        .await
        .map_err(|error| Failure::new(format!("cannot check blobs: {error}")))?;
    progress(100, 100);
    faults.splice(0..0, report.faults);
    Ok(json!({ "checked": report.checked + blobs, "faults": faults }))
}

async fn wait_for_signal() -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot wait for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => {},
        _ = interrupt.recv() => {},
    }
    Ok(())
}

impl Running {
    /// Does what a command asks.
    pub(crate) async fn admin(
        &self,
        request: Request,
        lines: &tokio::sync::mpsc::UnboundedSender<Line>,
    ) -> Result<Value, Failure> {
        let progress = |done: u64, total: u64| {
            // Nobody may be listening any more; the work goes on.
            drop(lines.send(Line::Progress(done, total)));
        };
        match request {
            Request::LoginCode { phone } => {
                let phone = Phone::parse(&phone).ok_or_else(|| {
                    Failure::new("this is no phone number; write it as +15550001")
                })?;
                let code = services::sign_in::waiting_code(&self.core, &phone);
                if code.is_none() {
                    // Wrong guesses may have locked the number; whoever comes to the operator is let try again.
                    services::sign_in::unlock(&self.core, &phone);
                }
                Ok(code.map_or(Value::Null, Value::String))
            }
            Request::Invite { uses, days } => self.invite(uses, days).await,
            Request::Status => Ok(self.status()),
            Request::Reports { newest } => self.reports(newest).await,
            Request::Check => check(&self.core.stores, &progress).await,
            Request::Backup { target } => {
                crate::commands::backup::write(&self.dir, &self.core.stores, &target, &progress)
                    .await?;
                Ok(Value::Null)
            }
        }
    }

    async fn invite(&self, uses: u32, days: u32) -> Result<Value, Failure> {
        let expires = UnixTime(self.core.now().0 + i64::from(days) * 24 * 3600);
        let word =
            services::sign_in::invite(&self.core, i32::try_from(uses).unwrap_or(i32::MAX), expires)
                .await;
        word.map(Value::String)
            .map_err(|error| Failure::new(format!("cannot keep the invitation: {error}")))
    }

    async fn reports(&self, newest: u32) -> Result<Value, Failure> {
        let newest = i32::try_from(newest).unwrap_or(i32::MAX).min(MOST_REPORTS);
        let found = services::secret::complaints(&self.core, newest)
            .await
            .map_err(|error| Failure::new(format!("cannot read the complaints: {error}")))?;
        let lines = found.into_iter().map(|complaint| {
            let report = complaint.report;
            json!({
                "date": report.date.0,
                "reporter": report.reporter.0,
                "about": report.about.0,
                "chat": report.chat.0,
                "of_this_person": complaint.of_this_person,
            })
        });
        Ok(Value::Array(lines.collect()))
    }

    fn status(&self) -> Value {
        let mut counters = serde_json::Map::new();
        counters.insert("uptime_seconds".to_owned(), json!(self.started.elapsed().as_secs()));
        for (name, _, value) in self.gateway.metrics().snapshot() {
            counters.insert(name.to_owned(), json!(value));
        }
        Value::Object(counters)
    }
}
