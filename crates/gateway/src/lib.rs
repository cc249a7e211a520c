//! Sockets, the session directory and live delivery.
