-- What no register could decide, before the eyes of staff (spec 02 §4). Everything said of a person is sealed under their
-- account's key.
CREATE TABLE review_case (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    sending_id TEXT NOT NULL UNIQUE,            -- what is looked at
    doubt      TEXT NOT NULL,                   -- held | foreign | unclear | gave_up
    state      TEXT NOT NULL,                   -- waiting | asked | confirmed | refused | gone
    needed     BIGINT NOT NULL,                 -- how many members of staff must agree
    opened_at  BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,                 -- by when it should be decided; while the person is asked, not counted
    left_      BIGINT NOT NULL,                 -- microseconds that were left when the person was asked
    told       BLOB NOT NULL,                   -- sealed JSON: what the person is told
    slot       TEXT,                            -- of which document a better scan is asked
    asked_at   BIGINT,
    staff_id   TEXT,                            -- who works on it
    held_until BIGINT,                          -- until when, without a sign of life
    ended_at   BIGINT
);
CREATE INDEX review_case_queue ON review_case (due_at, id) WHERE state = 'waiting';
CREATE INDEX review_case_asked ON review_case (asked_at) WHERE state = 'asked';
CREATE INDEX review_case_account ON review_case (account_id, opened_at);
CREATE INDEX review_case_staff ON review_case (staff_id) WHERE state = 'waiting' AND staff_id IS NOT NULL;
CREATE INDEX review_case_ended ON review_case (ended_at) WHERE ended_at IS NOT NULL;

-- What a member of staff found. Each looks once, and does not see what another found.
CREATE TABLE review_opinion (
    case_id    TEXT NOT NULL REFERENCES review_case (id),
    staff_id   TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    verdict    TEXT NOT NULL,                   -- confirmed | refused
    found      BLOB NOT NULL,                   -- sealed JSON: field by field, reason, words for the person
    at         BIGINT NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);
CREATE INDEX review_opinion_account ON review_opinion (account_id);
