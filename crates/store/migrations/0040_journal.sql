-- The journal of what happened to an account (spec 01 §6), and what an account's safety needs.
-- Rows are only ever added; `tree_index` is given once, by the job that places events in the global tree;
-- `sealed` goes when its account is erased (the record keeps its hash).

CREATE TABLE journal (
    id         TEXT PRIMARY KEY,
    chain      TEXT NOT NULL,                   -- an account, 'nobody-xx' for logins that are nobody's, or 'portal'
    number     BIGINT NOT NULL,                 -- place in its chain, from 1 without gaps
    at         BIGINT NOT NULL,
    event      TEXT NOT NULL,                   -- the word in the registry of events
    record     TEXT NOT NULL,                   -- JSON without personal values; its bytes are what is hashed
    sealed     BLOB,                            -- address, device, names of staff, under the account's data key
    hash       BLOB NOT NULL,                   -- SHA-256(0x00 || record): RFC 6962 leaf
    tree_index BIGINT
);
CREATE UNIQUE INDEX journal_chain_number ON journal (chain, number);
CREATE UNIQUE INDEX journal_tree ON journal (tree_index);
CREATE INDEX journal_unplaced ON journal (id) WHERE tree_index IS NULL;

-- The last event of each chain: what the next one is chained to.
CREATE TABLE journal_chain (
    chain  TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash   BLOB NOT NULL
);
