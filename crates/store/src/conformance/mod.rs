//! One suite that every implementation of the ports passes.
