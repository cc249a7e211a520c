-- Authorization keys and signed-in devices. A key with an end is a temporary one.
CREATE TABLE auth_keys (
    id INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL,
    layer INTEGER NOT NULL,
    created INTEGER NOT NULL,
    dc INTEGER NOT NULL,
    expires INTEGER,
    bound_to INTEGER,
    bound_until INTEGER,
    signed_in INTEGER NOT NULL,
    client BLOB
) STRICT;
CREATE INDEX auth_keys_by_permanent ON auth_keys (bound_to) WHERE bound_to IS NOT NULL;
CREATE INDEX auth_keys_by_end ON auth_keys (expires) WHERE expires IS NOT NULL;
CREATE INDEX auth_keys_unused ON auth_keys (created) WHERE expires IS NULL AND signed_in = 0;

CREATE TABLE authorizations (
    user_id INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    key_id INTEGER NOT NULL,
    client BLOB NOT NULL,
    ip TEXT NOT NULL,
    created INTEGER NOT NULL,
    active INTEGER NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX authorizations_by_key ON authorizations (key_id);
