-- Message boxes. One a user: where it stands, and the newest number given out.
CREATE TABLE boxes (
    owner_id INTEGER PRIMARY KEY,
    pts INTEGER NOT NULL,
    last_id INTEGER NOT NULL
) STRICT;

-- A copy of each message for each reader. Within a box, ids and pts of messages rise together.
-- flags: 1 mentioned, 2 not played or seen, 4 pinned. class: model::message::MediaClass.
-- expires: model::message::Body::end. attached, cover: the photo, document or poll that the body carries.
-- saved_kind, saved_id: in saved messages, which dialog of theirs.
CREATE TABLE box_messages (
    owner_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    sender_id INTEGER NOT NULL,
    out INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    edit_date INTEGER,
    flags INTEGER NOT NULL,
    reply_to INTEGER,
    random_id INTEGER,
    class INTEGER NOT NULL,
    expires INTEGER,
    attached INTEGER,
    cover INTEGER,
    saved_kind INTEGER,
    saved_id INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (owner_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX box_messages_by_peer ON box_messages (owner_id, peer_kind, peer_id, id, out, date);
CREATE UNIQUE INDEX box_messages_by_random ON box_messages (owner_id, random_id) WHERE random_id IS NOT NULL;
-- The copies that are not the author's own, which is found by its number.
CREATE INDEX box_messages_by_origin ON box_messages (sender_id, origin_id, owner_id) WHERE out = 0;
CREATE INDEX box_messages_by_class ON box_messages (owner_id, peer_kind, peer_id, class, id) WHERE class <> 0;
CREATE INDEX box_messages_by_end ON box_messages (expires, owner_id, id) WHERE expires IS NOT NULL;
CREATE INDEX box_messages_by_attached ON box_messages (attached) WHERE attached IS NOT NULL;
CREATE INDEX box_messages_by_cover ON box_messages (cover) WHERE cover IS NOT NULL;
-- The dialogs of saved messages.
CREATE INDEX box_messages_by_saved ON box_messages (owner_id, saved_kind, saved_id, id) WHERE saved_kind IS NOT NULL;
CREATE INDEX box_messages_unseen ON box_messages (owner_id, peer_kind, peer_id, id) WHERE flags & 3 = 3;
CREATE INDEX box_messages_pinned ON box_messages (owner_id, peer_kind, peer_id, id) WHERE flags & 4 = 4;

-- All events but new messages, which are the messages themselves. Without payload: a new message that was deleted since.
CREATE TABLE box_events (
    owner_id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    pts_count INTEGER NOT NULL,
    date INTEGER NOT NULL,
    payload BLOB,
    PRIMARY KEY (owner_id, pts)
) STRICT, WITHOUT ROWID;

-- Reactions to a message, whatever copy they were made to. number: order of arrival.
CREATE TABLE box_reactions (
    sender_id INTEGER NOT NULL,
    origin_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (sender_id, origin_id, number)
) STRICT, WITHOUT ROWID;

-- When the other person read a private chat up to a number.
CREATE TABLE box_read_dates (
    owner_id INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (owner_id, peer_id, max_id)
) STRICT, WITHOUT ROWID;

-- When each reader of a basic group read one author's messages up to a number of the author's box, while authors may ask.
CREATE TABLE box_readers (
    owner_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    reader_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (owner_id, chat_id, reader_id, max_id)
) STRICT, WITHOUT ROWID;

-- Full-text search, filled when somebody searches: up to which number a box is in it. A word carries its box's owner
-- in front, and a row's number is that of owner and message, so that nobody searches beside another's words.
CREATE TABLE box_indexed (
    owner_id INTEGER PRIMARY KEY,
    last_id INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE box_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
INSERT INTO box_words (box_words, rank) VALUES ('secure-delete', 1);

-- What the planner assumes of these tables, in place of measuring them: without it, it reads whole boxes where an index
-- leads to a few rows. Rows, then rows for each value of the first column, of the first two, and so on.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('box_messages', 'box_messages', '1000000 2000 1'),
    ('box_messages', 'box_messages_by_peer', '1000000 2000 1500 100 1 1 1'),
    ('box_messages', 'box_messages_by_random', '500000 1000 1 1'),
    ('box_messages', 'box_messages_by_origin', '500000 500 1 1 1'),
    ('box_messages', 'box_messages_by_class', '200000 400 300 20 5 1'),
    ('box_messages', 'box_messages_by_end', '100000 2 1 1'),
    ('box_messages', 'box_messages_by_attached', '200000 2'),
    ('box_messages', 'box_messages_by_cover', '1000 2'),
    ('box_messages', 'box_messages_unseen', '1000 5 4 3 1'),
    ('box_messages', 'box_messages_pinned', '1000 5 4 3 1');
ANALYZE sqlite_schema;
