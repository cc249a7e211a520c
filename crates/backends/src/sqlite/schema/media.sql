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
