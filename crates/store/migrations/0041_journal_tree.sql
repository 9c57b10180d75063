-- The global Merkle tree over the journal (RFC 6962 §2.1) and its signed heads.

-- How many events are in the tree. Its one row is the lock of everybody who changes the tree.
CREATE TABLE journal_state (
    id   BIGINT PRIMARY KEY,
    size BIGINT NOT NULL
);
INSERT INTO journal_state (id, size) VALUES (1, 0);

-- Hashes of the tree, 256 to a row: level 0 holds leaves, each hash of level n+1 is the root of a full row of level n.
-- The last row of a level grows until it is full.
CREATE TABLE journal_tile (
    level  BIGINT NOT NULL,
    idx    BIGINT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Keys that sign heads (Ed25519). Those of the past stay: their heads must be checkable for ever.
CREATE TABLE journal_key (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,                   -- the signer's name in notes: the portal's host and "/journal"
    public     BLOB NOT NULL,
    data_key   BLOB NOT NULL,                   -- wrapped, seals the next column
    secret     BLOB NOT NULL,                   -- sealed seed of the key
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Signed heads: what the tree was at a moment, as everybody may keep it.
CREATE TABLE journal_head (
    size   BIGINT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,              -- from 1 without gaps; also in the signed text
    root   BLOB NOT NULL,
    at     BIGINT NOT NULL,
    key_id TEXT NOT NULL REFERENCES journal_key (id),
    note   TEXT NOT NULL                        -- the signed text itself
);
