-- The notification centre: what people were told of, by which ways they want to be told, and their browsers.

-- The feed of the cabinet. Written in the transaction of its cause, whatever the channels say.
CREATE TABLE notice (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,                   -- which text
    details    BLOB NOT NULL,                   -- sealed JSON under the account's key: variables of the text
    created_at BIGINT NOT NULL,
    read_at    BIGINT
);
CREATE INDEX notice_account ON notice (account_id, created_at);
CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL;
CREATE INDEX notice_created ON notice (created_at);

-- The messages that carry a notice: by each way at most once to each contact or browser.
ALTER TABLE message ADD COLUMN notice_id TEXT;
ALTER TABLE message ADD COLUMN target TEXT;     -- identifier of the contact or the browser's subscription
CREATE UNIQUE INDEX message_once ON message (notice_id, channel, target) WHERE notice_id IS NOT NULL;
CREATE INDEX message_account ON message (account_id, created_at);

-- What the person chose; without a row the defaults count.
CREATE TABLE notice_settings (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    choices    BLOB NOT NULL,                   -- sealed JSON under the account's key
    changed_at BIGINT NOT NULL
);

-- Browsers that asked for notifications (RFC 8030).
CREATE TABLE push_subscription (
    id            TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES account (id),
    session_id    TEXT NOT NULL,                -- the session it was asked for in; signing that out ends it
    endpoint_hash BLOB NOT NULL UNIQUE,         -- keyed hash: one browser belongs to one account
    details       BLOB NOT NULL,                -- sealed JSON under the account's key: address, keys, browser
    created_at    BIGINT NOT NULL,
    used_at       BIGINT                        -- when the push service last took a message
);
CREATE INDEX push_subscription_account ON push_subscription (account_id);
