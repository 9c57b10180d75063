-- How a level is kept and lost: rechecks beside sendings, events that registers tell, and by which numbers they name people
-- (spec 02 §3).
ALTER TABLE sending ADD COLUMN why TEXT NOT NULL DEFAULT 'sent';       -- sent | due | event
ALTER TABLE sending ADD COLUMN again BIGINT NOT NULL DEFAULT 0;        -- an event came meanwhile: recheck what it confirms

-- One sending of the person and one recheck of an account are under way at a time.
DROP INDEX sending_open;
CREATE UNIQUE INDEX sending_open ON sending (account_id) WHERE ended_at IS NULL AND why = 'sent';
CREATE UNIQUE INDEX sending_recheck ON sending (account_id) WHERE ended_at IS NULL AND why <> 'sent';
CREATE INDEX sending_ended ON sending (ended_at) WHERE ended_at IS NOT NULL AND why <> 'sent';

ALTER TABLE evidence ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;  -- when a register confirmed it last
ALTER TABLE evidence ADD COLUMN silent BIGINT NOT NULL DEFAULT 0;      -- rechecks in a row that no register answered
UPDATE evidence SET checked_at = at;

-- The numbers that a register may name a person by: keyed hashes, never the numbers.
CREATE TABLE register_subject (
    account_id TEXT NOT NULL REFERENCES account (id),
    part       TEXT NOT NULL,                   -- held: what the evidence stands on; sent: what is being checked
    kind       TEXT NOT NULL,                   -- snils | passport | inn
    index_hash BLOB NOT NULL,
    PRIMARY KEY (account_id, part, kind)
);
CREATE INDEX register_subject_index ON register_subject (index_hash);

-- Events that were acted on: the same event told again changes nothing.
CREATE TABLE register_event (
    id TEXT PRIMARY KEY,                        -- register/its own id of the event
    at BIGINT NOT NULL
);
CREATE INDEX register_event_at ON register_event (at);

-- Workers of one kind of job look past a million jobs of another.
CREATE INDEX job_kind ON job (kind, run_at, id) WHERE state = 'waiting';
