-- What a person told about themselves, and what of it was confirmed by whom (spec 02 §1). One sealed document an
-- account: every page of it is read whole, and nothing of it is searched.
CREATE TABLE profile (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    sealed     BLOB NOT NULL,                   -- sealed JSON: field -> value, origin, confirmation, what was typed last
    changed_at BIGINT NOT NULL
);
