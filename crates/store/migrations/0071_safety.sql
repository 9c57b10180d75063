-- What keeps an account safe from who got hold of it: links in notices, the lockdown, the owner's own bans.

-- A link in a message, good without signing in. What it does is in `act` and `object`.
CREATE TABLE notice_link (
    token_hash BLOB PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    act        TEXT NOT NULL,                   -- not-me | keep
    object     TEXT NOT NULL,                   -- not-me: the session of the sign-in; keep: what stays, and which wait
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX notice_link_account ON notice_link (account_id);
CREATE INDEX notice_link_expires ON notice_link (expires_at);

CREATE TABLE lockdown (
    id            TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES account (id),
    begun_by      TEXT NOT NULL,                -- owner | notice
    begun_at      BIGINT NOT NULL,
    lift_at       BIGINT,                       -- somebody recovers without a second factor: not before this moment
    ended_at      BIGINT,
    proof         TEXT                          -- with what it was lifted
);
CREATE UNIQUE INDEX lockdown_open ON lockdown (account_id) WHERE ended_at IS NULL;

CREATE TABLE restriction (
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,
    set_at     BIGINT NOT NULL,
    lift_at    BIGINT,                          -- the owner asked to lift it: it ends then, by a job
    proof      TEXT,                            -- with what the owner asked
    PRIMARY KEY (account_id, kind)
);
