-- Sign-ins that one device asks for with a QR code and another, signed in, lets in. A row lives for minutes.

CREATE TABLE qr_sign_in (
    id           TEXT PRIMARY KEY,
    token_hash   BLOB NOT NULL UNIQUE,          -- of the asking browser's cookie
    link_hash    BLOB NOT NULL UNIQUE,          -- of the token in the code
    visitor_hash BLOB NOT NULL,                 -- the asking browser's mark, keyed
    number_hash  BLOB NOT NULL,                 -- of the two digits on its screen, keyed
    data_key     BLOB NOT NULL,
    asked        BLOB NOT NULL,                 -- sealed JSON: browser, address, country, where to go
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    decided_at   BIGINT,                        -- by the device that is signed in, once
    verdict      TEXT,                          -- approved | by-owner | number
    account_id   TEXT,                          -- who is to be let in
    session_id   TEXT,                          -- of the device that approved
    methods      TEXT,                          -- how that session was signed in
    done_at      BIGINT                         -- the asking browser took it, or did not want it
);
CREATE INDEX qr_sign_in_expires ON qr_sign_in (expires_at);
