-- Messages that wait for their time. owner_id: whose schedule (of a broadcast channel: the channel, negated); body:
-- model::schedule::Scheduled. attached, cover: the photo, document or poll that it carries.
CREATE TABLE scheduled (
    owner_id INTEGER NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    sender_id INTEGER NOT NULL,
    random_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    attached INTEGER,
    cover INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (owner_id, peer_kind, peer_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX scheduled_by_random ON scheduled (sender_id, random_id);
CREATE INDEX scheduled_by_date ON scheduled (date, owner_id, peer_kind, peer_id, id);
CREATE INDEX scheduled_by_attached ON scheduled (attached) WHERE attached IS NOT NULL;
CREATE INDEX scheduled_by_cover ON scheduled (cover) WHERE cover IS NOT NULL;
CREATE INDEX scheduled_by_peer ON scheduled (peer_kind, peer_id);

-- The newest number that a schedule gave out.
CREATE TABLE schedule_numbers (
    owner_id INTEGER NOT NULL,
    peer_kind INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (owner_id, peer_kind, peer_id)
) STRICT, WITHOUT ROWID;
