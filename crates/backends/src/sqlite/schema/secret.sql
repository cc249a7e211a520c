-- Secret chats: one row for each side; own_key is NULL on an invited side that has not accepted.
CREATE TABLE secret_chats (
    user_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    own_key INTEGER,
    is_admin INTEGER NOT NULL,
    is_over INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_chats_by_key ON secret_chats (own_key) WHERE own_key IS NOT NULL AND is_over = 0;
CREATE INDEX secret_chats_by_change ON secret_chats (user_id, changed);
CREATE INDEX secret_chats_over ON secret_chats (changed) WHERE is_over = 1;

-- How far each device's queue has come, and the bytes that wait in it.
CREATE TABLE secret_keys (
    key_id INTEGER PRIMARY KEY,
    qts INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;

-- Ciphertext that waits for a device.
CREATE TABLE secret_queue (
    key_id INTEGER NOT NULL,
    qts INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    random_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (key_id, qts)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_queue_by_date ON secret_queue (date);

-- What became of each message, so that the same one again is not queued twice.
CREATE TABLE secret_sent (
    user_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    random_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, chat_id, random_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_sent_by_date ON secret_sent (date);

-- Encrypted files, for each person who may read them.
CREATE TABLE secret_files (
    user_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    hash BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, id, chat_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_files_by_hash ON secret_files (hash);
CREATE INDEX secret_files_by_date ON secret_files (date);
