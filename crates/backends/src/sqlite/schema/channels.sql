-- Channels: where each log stands, and how many people it has. body: everything else of model::channel::Channel.
-- photo_id: the photo in it. last_id: the newest number given out. messages: those not deleted; top_*: the newest of them.
-- moved: when pts did. public: it has a public name.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    creator_id INTEGER NOT NULL,
    broadcast INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    public INTEGER NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0,
    pts INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    top_message INTEGER NOT NULL,
    top_date INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    participants INTEGER NOT NULL,
    admins INTEGER NOT NULL,
    kicked INTEGER NOT NULL,
    departures INTEGER NOT NULL,
    photo_id INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX channels_by_photo ON channels (photo_id) WHERE photo_id IS NOT NULL;
CREATE INDEX channels_by_creator ON channels (creator_id, id);
CREATE INDEX channels_by_size ON channels (participants DESC, id) WHERE deleted = 0 AND broadcast = 1 AND public = 1;
-- Deleted ones whose log is not erased yet.
CREATE INDEX channels_to_erase ON channels (id) WHERE deleted = 1 AND erased = 0;

-- class: model::channel::ParticipantClass. user_id: of a channel that people write as, its number below 0 (model::channel::row_of).
CREATE TABLE channel_participants (
    channel_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    member INTEGER NOT NULL,
    class INTEGER NOT NULL,
    date INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;
-- member stands in it so that pages deep in a list are reached without a look at the rows before them.
CREATE INDEX channel_members_by_date ON channel_participants (channel_id, date DESC, user_id, member) WHERE member = 1;
CREATE INDEX channel_members_by_user ON channel_participants (user_id, channel_id) WHERE member = 1;
CREATE INDEX channel_participants_by_class ON channel_participants (channel_id, class, date DESC, user_id) WHERE class <> 0;

-- A post is one row here and one update of its channel, whatever the audience. Numbers have no holes: a deleted message
-- keeps its row, without a body, so that its pts and random_id stay taken. Ids, pts and dates rise together.
-- kind: 0 a message of a supergroup, 1 a post, 2 a service message, 3 and 4: as 0 and 2, of who does not show. class: model::message::MediaClass.
-- expires: model::message::Body::end. attached, cover: the photo, document or poll that the body carries. send_as: the channel that it is written as. thread: the message whose thread it is in. threaded: it has a thread of its own.
CREATE TABLE channel_messages (
    channel_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    sender_id INTEGER NOT NULL,
    random_id INTEGER,
    kind INTEGER NOT NULL,
    date INTEGER NOT NULL,
    edit_date INTEGER,
    class INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    reacted INTEGER NOT NULL DEFAULT 0,
    reply_to INTEGER,
    thread INTEGER,
    threaded INTEGER NOT NULL DEFAULT 0,
    mentions BLOB,
    expires INTEGER,
    attached INTEGER,
    cover INTEGER,
    send_as INTEGER,
    body BLOB,
    PRIMARY KEY (channel_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX channel_messages_by_random ON channel_messages (channel_id, sender_id, random_id) WHERE random_id IS NOT NULL;
CREATE INDEX channel_messages_by_sender ON channel_messages (channel_id, sender_id, id) WHERE body IS NOT NULL;
CREATE INDEX channel_messages_by_name ON channel_messages (channel_id, send_as, id) WHERE send_as IS NOT NULL;
CREATE INDEX channel_messages_by_class ON channel_messages (channel_id, class, id) WHERE class <> 0;
CREATE INDEX channel_messages_by_end ON channel_messages (expires, channel_id, id) WHERE expires IS NOT NULL;
CREATE INDEX channel_messages_by_attached ON channel_messages (attached) WHERE attached IS NOT NULL;
CREATE INDEX channel_messages_by_cover ON channel_messages (cover) WHERE cover IS NOT NULL;
CREATE INDEX channel_messages_pinned ON channel_messages (channel_id, id) WHERE pinned = 1;
CREATE INDEX channel_messages_by_thread ON channel_messages (channel_id, thread, id) WHERE thread IS NOT NULL;
CREATE INDEX channel_messages_gone ON channel_messages (channel_id, id) WHERE body IS NULL;
CREATE INDEX channel_messages_gone_by_sender ON channel_messages (channel_id, sender_id, id) WHERE body IS NULL;

-- Of each 1024 numbers of a log (block: number / 1024) how many were deleted, if any were.
CREATE TABLE channel_gone (
    channel_id INTEGER NOT NULL,
    block INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    PRIMARY KEY (channel_id, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_gone_whole ON channel_gone (channel_id, block) WHERE gone = 1024;

-- All events but new messages, which are the messages themselves.
CREATE TABLE channel_events (
    channel_id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    pts_count INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (channel_id, pts)
) STRICT, WITHOUT ROWID;

-- Threads of a supergroup, under the message that they answer. post_*: the post that this one is a copy of.
-- pts: where the log stood at the last change. recent: who replied last.
CREATE TABLE channel_threads (
    channel_id INTEGER NOT NULL,
    top_id INTEGER NOT NULL,
    post_channel_id INTEGER,
    post_id INTEGER,
    replies INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    recent BLOB NOT NULL,
    PRIMARY KEY (channel_id, top_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX channel_threads_by_post ON channel_threads (post_channel_id, post_id, channel_id) WHERE post_id IS NOT NULL;

-- How far people have read threads.
CREATE TABLE channel_thread_reads (
    channel_id INTEGER NOT NULL,
    top_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    PRIMARY KEY (channel_id, top_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_thread_reads_by_mark ON channel_thread_reads (channel_id, top_id, max_id, user_id);

-- When each member of a small supergroup read up to a number, while authors may ask.
CREATE TABLE channel_readers (
    channel_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id, max_id)
) STRICT, WITHOUT ROWID;

-- Mentions not yet seen.
CREATE TABLE channel_mentions (
    channel_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id, id)
) STRICT, WITHOUT ROWID;

-- number: order in which they were given. Counts are kept, so that a post with a million reactions is read at the cost of one.
CREATE TABLE channel_reactions (
    channel_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    send_as INTEGER,
    emoji TEXT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (channel_id, id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_reactions_by_user ON channel_reactions (channel_id, id, user_id, number);
CREATE INDEX channel_reactions_by_emoji ON channel_reactions (channel_id, id, emoji, number);
CREATE TABLE channel_reaction_counts (
    channel_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    given INTEGER NOT NULL,
    PRIMARY KEY (channel_id, id, emoji)
) STRICT, WITHOUT ROWID;

-- Views and forwards of posts, written in groups: a post without a row has one view, its author's.
CREATE TABLE channel_counters (
    channel_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    views INTEGER NOT NULL,
    forwards INTEGER NOT NULL,
    PRIMARY KEY (channel_id, id)
) STRICT, WITHOUT ROWID;

-- Views that were counted, eight bytes each, so that a viewer counts once: see `channels::viewed`.
CREATE TABLE channel_viewed (
    id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    views BLOB NOT NULL
) STRICT;

-- Full-text search, filled when somebody searches: which parts of a log are in it, each above first_id up to last_id. A word carries its channel in
-- front, and a row's number is that of channel and message, so that nobody searches beside another channel's words.
CREATE TABLE channel_indexed (
    channel_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    PRIMARY KEY (channel_id, last_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE channel_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
INSERT INTO channel_words (channel_words, rank) VALUES ('secure-delete', 1);

-- How rows are spread in a store of a million messages, for the planner: without it, it takes a channel for a handful of
-- rows and reads whole logs where an index leads to the few that are meant. Numbers: rows, and rows for each prefix of the key.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('channel_messages', 'channel_messages', '1000000 10000 1'),
    ('channel_messages', 'channel_messages_by_random', '1000000 10000 200 1'),
    ('channel_messages', 'channel_messages_by_sender', '1000000 10000 200 1'),
    ('channel_messages', 'channel_messages_by_name', '100000 1000 100 1'),
    ('channel_messages', 'channel_messages_by_class', '200000 2000 200 1'),
    ('channel_messages', 'channel_messages_by_thread', '500000 5000 20 1'),
    ('channel_messages', 'channel_messages_by_end', '100000 2 1 1'),
    ('channel_messages', 'channel_messages_by_attached', '200000 2'),
    ('channel_messages', 'channel_messages_by_cover', '1000 2'),
    ('channel_messages', 'channel_messages_pinned', '1000 10 1'),
    ('channel_messages', 'channel_messages_gone', '50000 500 1'),
    ('channel_messages', 'channel_messages_gone_by_sender', '50000 500 10 1'),
    ('channel_participants', 'channel_participants', '1000000 1000 1'),
    ('channel_participants', 'channel_members_by_date', '1000000 1000 2 1 1'),
    ('channel_participants', 'channel_members_by_user', '1000000 20 1'),
    ('channel_participants', 'channel_participants_by_class', '50000 50 25 1 1'),
    ('channel_reactions', 'channel_reactions', '1000000 10000 100 1'),
    ('channel_reactions', 'channel_reactions_by_user', '1000000 10000 100 1 1'),
    ('channel_reactions', 'channel_reactions_by_emoji', '1000000 10000 100 20 1');
ANALYZE sqlite_schema;
