-- What admins are told of a channel, for two days. message_id: the message whose texts an entry keeps; body:
-- model::admin_log::Entry.
CREATE TABLE admin_log (
    channel_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    message_id INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (channel_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_log_by_date ON admin_log (date, channel_id, id);
CREATE INDEX admin_log_by_message ON admin_log (channel_id, message_id) WHERE message_id IS NOT NULL;

-- The newest number that a channel's log gave out.
CREATE TABLE admin_log_numbers (
    channel_id INTEGER PRIMARY KEY,
    last_id INTEGER NOT NULL
) STRICT;
