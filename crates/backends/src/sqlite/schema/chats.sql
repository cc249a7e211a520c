-- Basic groups. photo_id: the photo in it. body: everything but the members.
CREATE TABLE chats (
    id INTEGER PRIMARY KEY,
    deactivated INTEGER NOT NULL,
    photo_id INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX chats_by_photo ON chats (photo_id) WHERE photo_id IS NOT NULL;

-- number: order of joining.
CREATE TABLE chat_members (
    chat_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    inviter_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    PRIMARY KEY (chat_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX chat_members_by_user ON chat_members (user_id, chat_id);

-- Invite links of groups and channels, by their secret word.
CREATE TABLE invites (
    hash TEXT PRIMARY KEY,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    admin_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    permanent INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    expires INTEGER,
    usage_limit INTEGER,
    usage INTEGER NOT NULL,
    request_needed INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    title TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_by_peer ON invites (peer_kind, peer_id, admin_id, date);

-- Who came by a link, or waits. hash: the link, if there was one.
CREATE TABLE importers (
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    hash TEXT,
    date INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    about TEXT,
    approved_by INTEGER,
    PRIMARY KEY (peer_kind, peer_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX importers_by_date ON importers (peer_kind, peer_id, requested, date, user_id);
