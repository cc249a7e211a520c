-- Polls and their votes. Counts are kept, so that a poll of millions is read at the cost of one.
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    closed INTEGER NOT NULL,
    voters INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE poll_counts (
    poll_id INTEGER NOT NULL,
    answer INTEGER NOT NULL,
    votes INTEGER NOT NULL,
    PRIMARY KEY (poll_id, answer)
) STRICT, WITHOUT ROWID;

-- number: the order of votes in the poll.
CREATE TABLE poll_votes (
    poll_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    -- Of an anonymous admin: the group.
    send_as INTEGER,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (poll_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_votes_by_number ON poll_votes (poll_id, number);

CREATE TABLE poll_choices (
    poll_id INTEGER NOT NULL,
    answer INTEGER NOT NULL,
    number INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (poll_id, answer, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_choices_by_user ON poll_choices (poll_id, user_id);
