//! Storage ports, the in-memory reference and the conformance suite.
