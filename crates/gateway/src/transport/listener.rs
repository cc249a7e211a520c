//! Listening sockets, and the bound on connections.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::Mutex;
use services::rate_limit::Subject;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Gateway;
use crate::metrics::count;

/// Addresses that are ours, before anything is accepted.
pub struct Listeners(Vec<std::net::TcpListener>);

impl Listeners {
    /// Binds every address.
    ///
    /// # Errors
    /// One line for the operator: which address, why, what to do.
    pub fn bind(addresses: &[SocketAddr]) -> Result<Self, String> {
        addresses.iter().map(|address| bind(*address)).collect::<Result<_, _>>().map(Self)
    }

    /// The addresses bound, with the ports that the system chose.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.0.iter().filter_map(|listener| listener.local_addr().ok())
    }
}

fn bind(address: SocketAddr) -> Result<std::net::TcpListener, String> {
    use socket2::{Domain, Protocol, Socket, Type};
    let open = || -> std::io::Result<std::net::TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(1024)?;
        Ok(socket.into())
    };
    open().map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("{address} is in use by another program; stop it, or choose another address with --listen"),
        std::io::ErrorKind::PermissionDenied => format!("not allowed to listen on {address}; ports below 1024 need privileges"),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// What runs until the server stops.
pub struct Accepting {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Accepting {
    /// Accepts no more, lets running requests end, and closes.
    pub async fn stop(mut self, patience: Duration) {
        // Nobody listens if every task has ended.
        let _unheard = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::info!("some connections did not end in time");
        }
    }
}

/// Connections by address; IPv6 by the /56, of which one customer has every address.
#[derive(Default)]
pub(crate) struct PerAddress(Mutex<HashMap<Subject, usize>>);

impl PerAddress {
    /// Counts one more; answers how many there are.
    fn add(&self, ip: IpAddr) -> usize {
        let mut counts = self.0.lock();
        let here = counts.entry(Subject::address(ip)).or_default();
        *here += 1;
        *here
    }

    fn remove(&self, ip: IpAddr) {
        let mut counts = self.0.lock();
        let subject = Subject::address(ip);
        if let Some(here) = counts.get_mut(&subject) {
            *here -= 1;
            if *here == 0 {
                counts.remove(&subject);
            }
        }
    }
}

impl Gateway {
    /// Accepts connections until stopped.
    #[must_use]
    pub fn accept(self: &Arc<Self>, listeners: Listeners) -> Accepting {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for listener in listeners.0 {
            match TcpListener::from_std(listener) {
                Ok(listener) => {
                    tasks.spawn(Arc::clone(self).accept_on(listener, stopped.clone()));
                }
                Err(error) => tracing::error!(%error, "listener not usable"),
            }
        }
        Accepting { stop, tasks }
    }

    async fn accept_on(self: Arc<Self>, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((socket, peer)) => self.welcome(socket, peer, &stopped, &mut connections),
                    Err(error) => {
                        // Out of files, most likely: what is open goes on, and this passes.
                        tracing::warn!(%error, "connection not accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
                Some(_) = connections.join_next() => {},
                _ = stopped.changed() => break,
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    fn welcome(
        self: &Arc<Self>,
        socket: TcpStream,
        peer: SocketAddr,
        stopped: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        count(&self.metrics.connections_total);
        let Some(place) = Place::take(self, peer.ip().to_canonical()) else {
            count(&self.metrics.connections_refused_total);
            return;
        };
        // Small packets must not wait for company; a socket that refuses is slower, not wrong.
        let _slower = socket.set_nodelay(true);
        connections.spawn(Arc::clone(self).serve_tcp(socket, Arc::new(place), stopped.clone()));
    }
}

/// A connection's place within the bounds; free again when its last holder is done. A WebSocket holds it beyond the HTTP
/// connection that it began as.
pub(super) struct Place {
    gateway: Arc<Gateway>,
    pub(super) ip: IpAddr,
}

impl Place {
    fn take(gateway: &Arc<Gateway>, ip: IpAddr) -> Option<Self> {
        let open = gateway.metrics.connections.fetch_add(1, Ordering::Relaxed);
        let place = Self { gateway: Arc::clone(gateway), ip };
        let here = gateway.per_address.add(ip);
        let most = gateway.config.max_connections_per_ip;
        let within = here <= most || most == 0;
        let room = usize::try_from(open).is_ok_and(|open| open < gateway.config.max_connections);
        (within && room).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gateway.metrics.connections.fetch_sub(1, Ordering::Relaxed);
        self.gateway.per_address.remove(self.ip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_of_ipv6_is_counted_as_one() {
        let counts = PerAddress::default();
        let ip = |text: &str| text.parse().expect("an address");
        assert_eq!(counts.add(ip("2001:db8:1:2::1")), 1);
        assert_eq!(counts.add(ip("2001:db8:1:ff::2")), 2);
        assert_eq!(counts.add(ip("2001:db8:1:102::1")), 1);
        assert_eq!((counts.add(ip("192.0.2.1")), counts.add(ip("192.0.2.2"))), (1, 1));
        counts.remove(ip("2001:db8:1:ff::2"));
        counts.remove(ip("2001:db8:1:2::1"));
        assert_eq!(counts.add(ip("2001:db8:1:2::1")), 1);
    }
}
