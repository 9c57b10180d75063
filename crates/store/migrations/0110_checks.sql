-- Sendings of profiles to the registers, their checks, and the evidence that levels stand on (spec 02 §3).
CREATE TABLE sending (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    values_    BLOB NOT NULL,                   -- sealed JSON: field -> value, as they were sent
    state      TEXT NOT NULL,                   -- open | passed | doubted | stuck
    sent_at    BIGINT NOT NULL,
    ended_at   BIGINT
);
-- One sending of an account is under way at a time.
CREATE UNIQUE INDEX sending_open ON sending (account_id) WHERE ended_at IS NULL;
CREATE INDEX sending_account ON sending (account_id, sent_at);

CREATE TABLE register_check (
    id         TEXT PRIMARY KEY,                -- the request's id at the register: its idempotency key
    sending_id TEXT NOT NULL REFERENCES sending (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,                   -- snils | passport | inn
    state      TEXT NOT NULL,                   -- queued | asked | passed | doubted | unclear | gave_up
    fields     TEXT NOT NULL,                   -- words of doubted fields, between spaces
    reason     TEXT NOT NULL,                   -- a word
    asks       BIGINT NOT NULL,                 -- how often the register was asked
    next_at    BIGINT,                          -- when it is asked next
    created_at BIGINT NOT NULL,
    asked_at   BIGINT,
    ended_at   BIGINT
);
CREATE INDEX register_check_sending ON register_check (sending_id);

-- What a level stands on. A level is never written without its evidence.
CREATE TABLE evidence (
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,                   -- snils | passport
    check_id   TEXT NOT NULL,
    at         BIGINT NOT NULL,
    recheck_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind)
);
CREATE INDEX evidence_recheck ON evidence (recheck_at);
