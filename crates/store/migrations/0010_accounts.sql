-- Accounts, their ways in, sessions, one-time codes, drafts, outgoing messages and counters.
-- Times are microseconds since 1970 (UTC). Every BLOB named "…_hash" is a keyed or plain SHA-256 and
-- every other BLOB is sealed under the row's data key: a copy of this database shows no personal value.

CREATE TABLE account (
    id              TEXT PRIMARY KEY,
    status          TEXT NOT NULL,              -- open | closed
    level           TEXT NOT NULL,              -- simplified | standard | confirmed
    lang            TEXT NOT NULL,
    data_key        BLOB NOT NULL,              -- wrapped data key; destroying it erases the person
    person          BLOB NOT NULL,              -- sealed JSON: surname, first_name, patronymic
    password_hash   TEXT,
    password_set_at BIGINT,
    tour_done_at    BIGINT,
    created_at      BIGINT NOT NULL
);

-- What may be typed into the sign-in field. The primary key is the promise that a login belongs to one account.
CREATE TABLE login (
    index_hash BLOB PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL                    -- phone | email | snils
);
CREATE INDEX login_account ON login (account_id);

CREATE TABLE contact (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES account (id),
    kind         TEXT NOT NULL,                 -- phone | email
    index_hash   BLOB NOT NULL,
    value        BLOB NOT NULL,                 -- sealed
    is_primary   BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    detached_at  BIGINT                         -- when it stopped belonging to the account
);
CREATE INDEX contact_account ON contact (account_id);

CREATE TABLE consent (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    document   TEXT NOT NULL,                   -- terms | data
    version    TEXT NOT NULL,
    lang       TEXT NOT NULL,
    address    BLOB NOT NULL,                   -- sealed
    given_at   BIGINT NOT NULL
);
CREATE INDEX consent_account ON consent (account_id);

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    methods    TEXT NOT NULL,                   -- how the person signed in, space separated (RFC 8176 words)
    remember   BIGINT NOT NULL,
    device     BLOB NOT NULL,                   -- sealed JSON: address, browser
    created_at BIGINT NOT NULL,
    auth_at    BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,                 -- the absolute end
    ended_at   BIGINT,
    ended_why  TEXT
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE code (
    id           TEXT PRIMARY KEY,
    purpose      TEXT NOT NULL,                 -- register | recover
    subject      TEXT NOT NULL,                 -- the draft, recovery or account the code belongs to
    channel      TEXT NOT NULL,                 -- sms | call | email
    address_hash BLOB NOT NULL,
    code_hash    BLOB NOT NULL,
    link_hash    BLOB UNIQUE,
    tries        BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT,
    ended_at     BIGINT                         -- replaced by a newer code
);
CREATE INDEX code_subject ON code (subject, purpose, created_at);
CREATE INDEX code_expires ON code (expires_at);

CREATE TABLE registration (
    id         TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    data_key   BLOB NOT NULL,
    draft      BLOB NOT NULL,                   -- sealed JSON
    account_id TEXT REFERENCES account (id),    -- set when it is finished
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX registration_expires ON registration (expires_at);

CREATE TABLE recovery (
    id          TEXT PRIMARY KEY,
    token_hash  BLOB NOT NULL UNIQUE,
    data_key    BLOB NOT NULL,
    draft       BLOB NOT NULL,                  -- sealed JSON
    account_id  TEXT,                           -- NULL when the login is nobody's
    verified_at BIGINT,
    done_at     BIGINT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX recovery_expires ON recovery (expires_at);

-- Wrong passwords of one account (or of one login that is nobody's).
CREATE TABLE sign_in_guard (
    subject_hash BLOB PRIMARY KEY,
    failures     BIGINT NOT NULL,
    locks        BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    last_at      BIGINT NOT NULL
);

CREATE TABLE throttle (
    key          BLOB PRIMARY KEY,
    hits         BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX throttle_expires ON throttle (expires_at);

CREATE TABLE message (
    id         TEXT PRIMARY KEY,
    channel    TEXT NOT NULL,                   -- sms | call | email
    kind       TEXT NOT NULL,                   -- which text, for counting
    account_id TEXT,
    data_key   BLOB,                            -- both gone when the message reached its end
    body       BLOB,                            -- sealed JSON: to, subject, text, html
    state      TEXT NOT NULL,                   -- queued | sent | delivered | failed | expired
    reason     TEXT,
    gateway    TEXT,
    remote_id  TEXT,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT,
    ended_at   BIGINT,
    expires_at BIGINT NOT NULL                  -- not worth sending after this moment
);
CREATE INDEX message_remote ON message (gateway, remote_id);
CREATE INDEX message_created ON message (created_at);
