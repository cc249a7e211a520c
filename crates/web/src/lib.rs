//! Public pages, health and metrics.
