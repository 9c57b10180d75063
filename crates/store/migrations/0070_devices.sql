-- Devices that an account was signed in from. A mark in the browser's cookie authenticates nobody: it only tells a
-- known device from a new one and selects the counters of failures.
CREATE TABLE device (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    mark_hash  BLOB NOT NULL,                   -- keyed hash of account and mark: accounts of one browser cannot be linked
    label      BLOB NOT NULL,                   -- sealed JSON: browser and system, address, country
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_mark ON device (account_id, mark_hash);
CREATE INDEX device_last ON device (last_at);
