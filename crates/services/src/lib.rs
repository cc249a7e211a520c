//! The rules: accounts, chats, channels, messages, media, updates.
