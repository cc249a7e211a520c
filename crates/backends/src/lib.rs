//! SQLite, blobs in a folder, in-process bus.
