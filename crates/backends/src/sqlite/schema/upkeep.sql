-- Numbers that are given out once.
CREATE TABLE sequences (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only in a backup (docs/adr/0012-backups-are-sealed-by-the-hour.md): rows that end, sealed with the key of their hour. A
-- place is one of `sealing::Place`; first, second and third are the row's key there. Opening the database puts them back.
CREATE TABLE sealed (
    place INTEGER NOT NULL,
    first INTEGER NOT NULL,
    second INTEGER NOT NULL,
    third INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (place, first, second, third)
) STRICT, WITHOUT ROWID;
