-- Descriptions of photos and documents, and the blobs they name.
CREATE TABLE photos (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- media_kind: 1 photo, 2 document.
CREATE TABLE media_blobs (
    media_kind INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (media_kind, media_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_blobs_by_hash ON media_blobs (hash);
CREATE INDEX media_blobs_by_media ON media_blobs (media_id);

-- Photos, documents and polls that nothing may need any more, to be looked at when due; gone: destroyed a while ago, so that
-- nobody sends what they still saw.
CREATE TABLE media_released (
    id INTEGER PRIMARY KEY,
    due INTEGER NOT NULL,
    gone INTEGER NOT NULL
) STRICT;
CREATE INDEX media_released_by_due ON media_released (due, id);

-- Blobs to be deleted unless something names them; kept until the bytes are gone.
CREATE TABLE blobs_doomed (
    hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
