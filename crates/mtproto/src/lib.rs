//! MTProto without I/O: framing, key exchange, sessions.
