-- Work to be done after a commit: enqueued in the same transaction as the change that asks for it.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT UNIQUE,               -- makes "do this once" idempotent
    payload TEXT NOT NULL,         -- JSON; ids only, never personal data
    state TEXT NOT NULL,           -- waiting, done or dead
    run_at BIGINT NOT NULL,        -- not before this moment, microseconds
    attempts BIGINT NOT NULL,      -- how often it was claimed
    max_attempts BIGINT NOT NULL,
    lease_until BIGINT,            -- a worker holds it until then
    lease_by TEXT,                 -- the claim that holds it
    last_reason TEXT,              -- why the last attempt did not end well; a code, never personal data
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX job_due ON job (run_at) WHERE state = 'waiting';
CREATE INDEX job_ended ON job (state, ended_at) WHERE state <> 'waiting';

-- Work that comes back by itself; one row a schedule, so that several instances run each turn once.
CREATE TABLE schedule (
    name TEXT PRIMARY KEY,
    next_run BIGINT NOT NULL,
    last_run BIGINT
);
