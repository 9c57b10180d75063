-- The workplace of the portal's own people: membership, sessions, invitations, opened cards, a register of acts.

CREATE TABLE staff (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    role       TEXT NOT NULL,                   -- admin | support | security | auditor
    added_by   TEXT,                            -- a member; NULL: the command line
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE UNIQUE INDEX staff_account ON staff (account_id) WHERE removed_at IS NULL;

CREATE TABLE staff_session (
    token_hash BLOB PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    session_id TEXT NOT NULL,                   -- the ordinary session it was begun in; good for nothing without it
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,                 -- the absolute end
    ended_at   BIGINT,
    ended_why  TEXT
);
CREATE INDEX staff_session_staff ON staff_session (staff_id);
CREATE INDEX staff_session_expires ON staff_session (expires_at);

CREATE TABLE staff_invitation (
    id         TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    data_key   BLOB,                            -- both NULL for an invitation by the command line
    email      BLOB,                            -- sealed
    invited_by TEXT,                            -- a member; NULL: the command line
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    ended_at   BIGINT                           -- withdrawn
);
CREATE INDEX staff_invitation_expires ON staff_invitation (expires_at);

-- A member of staff opened a person's card, with a reason.
CREATE TABLE staff_opening (
    id         TEXT PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    session_id TEXT NOT NULL,                   -- the session of the workplace
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,                   -- request | fraud | fault | law | check
    reason     BLOB NOT NULL,                   -- sealed under the person's data key
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX staff_opening_expires ON staff_opening (expires_at);

-- Which events of the portal's own journal are whose acts.
CREATE TABLE staff_act (
    number   BIGINT PRIMARY KEY,                -- place in the chain 'portal'
    staff_id TEXT NOT NULL
);
CREATE INDEX staff_act_staff ON staff_act (staff_id, number);

-- Figures that are counted every few minutes, so that no page counts a million rows.
CREATE TABLE figure (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL,
    words TEXT NOT NULL,                        -- the reason of a newest failure; never personal data
    at    BIGINT NOT NULL
);
CREATE INDEX account_figures ON account (status, level);

-- Lists of ended jobs of one kind, newest first, among a million.
CREATE INDEX job_ended_kind ON job (kind, state, ended_at) WHERE state <> 'waiting';
