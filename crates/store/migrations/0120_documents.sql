-- Uploads that are under way, and scans of documents (spec 02 §2). The files themselves lie in the storage of files, sealed
-- under the account's key; only what has not been judged yet lies here.
CREATE TABLE upload (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    slot       TEXT NOT NULL,                   -- main | registration | other
    name       BLOB NOT NULL,                   -- sealed: the file's name
    length     BIGINT NOT NULL,                 -- bytes announced
    received   BIGINT NOT NULL,                 -- bytes that have arrived
    scan_id    TEXT,                            -- what became of it
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX upload_account ON upload (account_id);
CREATE INDEX upload_expires ON upload (expires_at);

CREATE TABLE upload_piece (
    upload_id  TEXT NOT NULL REFERENCES upload (id),
    account_id TEXT NOT NULL,
    at         BIGINT NOT NULL,                 -- of which byte of the file it is the first
    bytes      BLOB NOT NULL,                   -- sealed
    PRIMARY KEY (upload_id, at)
);
CREATE INDEX upload_piece_account ON upload_piece (account_id);

CREATE TABLE scan (
    id         TEXT PRIMARY KEY,                -- the name of its files in the storage of files
    account_id TEXT NOT NULL REFERENCES account (id),
    upload_id  TEXT NOT NULL,
    slot       TEXT NOT NULL,
    state      TEXT NOT NULL,                   -- checking | kept | refused
    told       BLOB NOT NULL,                   -- sealed JSON: name, size, advice, why refused
    pixels     BLOB,                            -- blind index of the pixels, for equal pictures
    created_at BIGINT NOT NULL,
    judged_at  BIGINT
);
CREATE INDEX scan_account ON scan (account_id, created_at);
CREATE INDEX scan_pixels ON scan (pixels) WHERE pixels IS NOT NULL;
CREATE INDEX scan_refused ON scan (judged_at) WHERE state = 'refused';
