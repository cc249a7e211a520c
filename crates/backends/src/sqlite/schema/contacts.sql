-- Address books and blocked people.
CREATE TABLE contacts (
    owner_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT,
    PRIMARY KEY (owner_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_user ON contacts (user_id, owner_id);

CREATE TABLE pending_contacts (
    owner_id INTEGER NOT NULL,
    phone TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    PRIMARY KEY (owner_id, phone)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_contacts_by_phone ON pending_contacts (phone, owner_id);

CREATE TABLE blocked (
    owner_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, user_id)
) STRICT, WITHOUT ROWID;
