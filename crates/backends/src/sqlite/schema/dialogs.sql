-- What a person keeps about each chat, whether or not it is in the list (listed). Top messages and counts are computed.
-- date: the place in the list of a chat without messages. pinned: from 1, highest first. read_*: marks.
CREATE TABLE dialogs (
    owner_id INTEGER NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    date INTEGER NOT NULL,
    read_inbox INTEGER NOT NULL DEFAULT 0,
    read_outbox INTEGER NOT NULL DEFAULT 0,
    unread_mark INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER,
    folder INTEGER NOT NULL DEFAULT 0,
    draft BLOB,
    ttl_period INTEGER,
    bar_hidden INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (owner_id, peer_kind, peer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dialogs_of_channel ON dialogs (peer_id, read_inbox, owner_id) WHERE peer_kind = 3;

-- Own messages with reactions of others that their author (owner) has not seen: those with the number `since` or a later one.
CREATE TABLE unread_reactions (
    owner_id INTEGER NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (owner_id, peer_kind, peer_id, id)
) STRICT, WITHOUT ROWID;
