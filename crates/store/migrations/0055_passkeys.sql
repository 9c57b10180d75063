-- Passkeys and security keys: what the portal knows of each beside its row in `factor`.

CREATE TABLE passkey (
    factor_id  TEXT PRIMARY KEY REFERENCES factor (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    id_hash    BLOB NOT NULL UNIQUE,            -- SHA-256 of the credential's id, which is chance: one account's only, also when keys rotate
    sealed     BLOB NOT NULL,                   -- JSON: credential id, public key, user handle, transports, model
    counter    BIGINT NOT NULL,                 -- the signature counter of the last answer
    portable   BIGINT NOT NULL,                 -- BE: may be copied to other devices of the person
    backed_up  BIGINT NOT NULL,                 -- BS: is copied
    verifies   BIGINT NOT NULL,                 -- verified the person when it was made
    suspect_at BIGINT                           -- when its counter went backwards for the first time
);
CREATE INDEX passkey_account ON passkey (account_id);

-- Challenges that were answered, kept until they would have ended anyway.
CREATE TABLE passkey_challenge (
    challenge_hash BLOB PRIMARY KEY,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);
