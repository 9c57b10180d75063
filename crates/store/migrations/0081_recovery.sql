-- Recovery with several proofs (spec 01 §3): what a recovery has been given so far, codes on paper, waiting periods.

ALTER TABLE recovery ADD COLUMN proofs TEXT NOT NULL DEFAULT '';       -- words, space separated
ALTER TABLE recovery ADD COLUMN visitor_hash BLOB;                     -- the browser's mark, keyed
ALTER TABLE recovery ADD COLUMN second_tries BIGINT NOT NULL DEFAULT 0;

-- The one saved recovery code of an account; a new one replaces it, use deletes it.
CREATE TABLE saved_code (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    code_hash  BLOB NOT NULL,
    created_at BIGINT NOT NULL
);

-- Temporary access codes that staff issued after seeing the person and their document.
CREATE TABLE access_code (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    code_hash  BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    ended_at   BIGINT                           -- replaced by a newer one
);
CREATE INDEX access_code_account ON access_code (account_id);
CREATE INDEX access_code_expires ON access_code (expires_at);

-- A lost second factor: after the waiting period the contact and the password do without it.
CREATE TABLE recovery_wait (
    id          TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES account (id),
    cancel_hash BLOB NOT NULL UNIQUE,           -- keyed hash of the token in the notices
    asked_at    BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,                -- not usable after this moment
    reminded_at BIGINT,
    ended_at    BIGINT,
    ended_why   TEXT                            -- cancelled | used | replaced
);
CREATE INDEX recovery_wait_account ON recovery_wait (account_id);
CREATE INDEX recovery_wait_expires ON recovery_wait (expires_at);
