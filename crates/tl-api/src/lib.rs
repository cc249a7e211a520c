//! The canonical API types (layer 230), generated from `schema/` at build time.
