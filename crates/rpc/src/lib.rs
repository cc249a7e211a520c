//! One small file a method: convert, call a service, convert back.
