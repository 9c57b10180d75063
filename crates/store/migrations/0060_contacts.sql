-- Changing contacts: logins that are kept for a while after their contact left, contacts that are too new to recover
-- with, changes that can be undone by a link, changes that wait for their code, and holds on changes.

-- Until this moment a login that left its account is kept for it: nobody else gets it and nobody signs in by it.
ALTER TABLE login ADD COLUMN reserved_until BIGINT;
CREATE INDEX login_reserved ON login (reserved_until) WHERE reserved_until IS NOT NULL;

-- Before this moment the contact recovers and undoes nothing.
ALTER TABLE contact ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
-- Since when somebody else holds the number: it gets no notices and recovers nothing, but still is the login.
ALTER TABLE contact ADD COLUMN muted_at BIGINT;
CREATE INDEX contact_detached ON contact (detached_at) WHERE detached_at IS NOT NULL;

-- A contact that waits for its code; one at a time for each account.
CREATE TABLE contact_flow (
    account_id TEXT PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    draft      BLOB NOT NULL,                   -- sealed JSON under the account's data key
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX contact_flow_expires ON contact_flow (expires_at);

CREATE TABLE contact_change (
    id          TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL,
    old_contact TEXT,                           -- the contact row that left
    new_contact TEXT,                           -- the contact row that came
    was_primary BIGINT NOT NULL,                -- whether the one that left was the primary one
    token_hash  BLOB NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,                -- not to be undone after this moment
    undone_at   BIGINT
);
CREATE INDEX contact_change_account ON contact_change (account_id, created_at);
CREATE INDEX contact_change_expires ON contact_change (expires_at);

-- What must wait, and until when: after a recovery, after an undone change, in a lockdown.
CREATE TABLE account_hold (
    account_id TEXT NOT NULL,
    kind       TEXT NOT NULL,                   -- contacts
    until      BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind)
);
CREATE INDEX account_hold_until ON account_hold (until);
