//! Generates the canonical API types, and the tables of every other layer, from `schema/`.
