//! Counters of the gateway, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $kind:literal),* $(,)?) => {
        /// Counters of the gateway. Labels come from closed sets only; nothing of users is in them.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[$doc])* pub $name: AtomicU64,)*
        }

        impl Metrics {
            /// Name, kind (`counter` or `gauge`) and value of each.
            #[must_use]
            pub fn snapshot(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![$((concat!("gateway_", stringify!($name)), $kind, self.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

counters! {
    /// Connections open now.
    connections: "gauge",
    /// Connections accepted.
    connections_total: "counter",
    /// Connections refused over the bound.
    connections_refused_total: "counter",
    /// Connections closed for a malformed stream.
    malformed_total: "counter",
    /// Sessions held now.
    sessions: "gauge",
    /// Key exchanges completed with `RSA_PAD`.
    handshakes_pad_total: "counter",
    /// Key exchanges completed with the old RSA form.
    handshakes_old_total: "counter",
    /// Key exchanges refused.
    handshakes_refused_total: "counter",
    /// Key exchanges shed for load.
    handshakes_shed_total: "counter",
    /// Requests answered.
    requests_total: "counter",
    /// Requests answered by an error.
    request_errors_total: "counter",
    /// Updates brought into a layer's bytes; all their recipients share them.
    encodings_total: "counter",
    /// Groups of up to eight packets that were sealed together.
    seal_batches_total: "counter",
    /// Updates pushed to sessions.
    pushes_total: "counter",
    /// Pushes dropped because a reader was too slow.
    pushes_dropped_total: "counter",
    /// Notices of the bus that were lost because they were not sorted in time; each time every connection begins anew.
    notices_missed_total: "counter",
    /// Messages refused with `bad_msg_notification` or `bad_server_salt`.
    bad_messages_total: "counter",
}

/// Adds several.
pub(crate) fn add(counter: &AtomicU64, several: usize) {
    counter.fetch_add(u64::try_from(several).unwrap_or_default(), Ordering::Relaxed);
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
