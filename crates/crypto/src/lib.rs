//! Ciphers, hashes and big-number operations of MTProto; the only crate with unsafe code.
