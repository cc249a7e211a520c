-- Accounts and what belongs to one account alone.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    phone TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    about TEXT NOT NULL,
    username TEXT,
    photo_id INTEGER,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    account_ttl_days INTEGER NOT NULL,
    -- When one of its devices was last heard of: clients need not say that they are online.
    active INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX users_by_phone ON users (phone) WHERE phone IS NOT NULL;

-- One space of public names for users and channels.
CREATE TABLE names (
    folded TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX names_by_peer ON names (peer_kind, peer_id);

-- The words by which peers with a public name are found.
CREATE TABLE public_words (
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (peer_kind, peer_id, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX public_words_by_word ON public_words (word);

CREATE TABLE passwords (
    user_id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE privacy (
    user_id INTEGER NOT NULL,
    privacy_key INTEGER NOT NULL,
    rules BLOB NOT NULL,
    PRIMARY KEY (user_id, privacy_key)
) STRICT, WITHOUT ROWID;

-- scope_kind: 1 to 3 a peer of that kind, 11 all users, 12 all groups, 13 all broadcast channels.
CREATE TABLE notify_settings (
    user_id INTEGER NOT NULL,
    scope_kind INTEGER NOT NULL,
    scope_id INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, scope_kind, scope_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_photos (
    user_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    photo_id INTEGER NOT NULL,
    added INTEGER NOT NULL,
    PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_photos_by_photo ON profile_photos (photo_id);

-- draft_*: the chat, for drafts, so that a newer draft replaces an older one for good.
CREATE TABLE account_events (
    user_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    date INTEGER NOT NULL,
    draft_kind INTEGER,
    draft_id INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_events_by_date ON account_events (user_id, date);
CREATE INDEX account_events_by_draft ON account_events (user_id, draft_kind, draft_id) WHERE draft_kind IS NOT NULL;

CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY,
    expires INTEGER NOT NULL,
    uses_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
