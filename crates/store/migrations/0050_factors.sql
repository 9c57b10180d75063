-- What an account has besides its password, and sign-ins that wait for it (spec 01 §2).

-- A factor that was ever bound; a removed one keeps its row without its secret, as history.
CREATE TABLE factor (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES account (id),
    kind         TEXT NOT NULL,                 -- totp | sms | passkey | recovery-codes
    name         BLOB NOT NULL,                 -- sealed: what the owner calls it
    secret       BLOB,                          -- sealed: the shared secret of an application
    contact_id   TEXT,                          -- sms: which confirmed phone
    key_hash     BLOB UNIQUE,                   -- keyed hash of the secret: one form binds once
    last_step    BIGINT NOT NULL,               -- totp: the newest time step that was spent
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT,                        -- counts from then on
    used_at      BIGINT,
    removed_at   BIGINT
);
CREATE INDEX factor_account ON factor (account_id);

-- Recovery codes, as keyed hashes; a new set ends the old one.
CREATE TABLE recovery_code (
    code_hash  BLOB PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    ended_at   BIGINT
);
CREATE INDEX recovery_code_account ON recovery_code (account_id);

-- Devices that need no second factor for a while.
CREATE TABLE trusted_device (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE,            -- keyed hash of account and cookie
    device     BLOB NOT NULL,                   -- sealed JSON: address, browser
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX trusted_device_account ON trusted_device (account_id);
CREATE INDEX trusted_device_expires ON trusted_device (expires_at);

-- Wrong tries of one kind of factor; apart for known devices, so that strangers cannot keep the owner out.
CREATE TABLE factor_guard (
    account_id TEXT NOT NULL,
    kind       TEXT NOT NULL,
    known      BIGINT NOT NULL,
    failures   BIGINT NOT NULL,                 -- since the last success
    day_start  BIGINT NOT NULL,
    day_tries  BIGINT NOT NULL,                 -- since day_start
    wait_until BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, known)
);
CREATE INDEX factor_guard_last ON factor_guard (last_at);

-- Who must have a second factor for a reason that is not the level of the account, such as a role of staff.
CREATE TABLE factor_duty (
    account_id TEXT NOT NULL,
    why        TEXT NOT NULL,
    PRIMARY KEY (account_id, why)
);

-- Half-signed-in: the password was right, the second factor is missing. Never a session.
CREATE TABLE half_sign_in (
    id           TEXT PRIMARY KEY,
    token_hash   BLOB NOT NULL UNIQUE,
    account_id   TEXT NOT NULL REFERENCES account (id),
    visitor_hash BLOB NOT NULL,                 -- the browser's mark, keyed
    methods      TEXT NOT NULL,                 -- what was given so far (RFC 8176 words)
    remember     BIGINT NOT NULL,
    back         TEXT NOT NULL,
    password_at  BIGINT NOT NULL,               -- when the password that was given had been set
    tries        BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    done_at      BIGINT
);
CREATE INDEX half_sign_in_expires ON half_sign_in (expires_at);
