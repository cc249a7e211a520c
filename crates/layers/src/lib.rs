//! Transcodes between a client's layer and the canonical one.
