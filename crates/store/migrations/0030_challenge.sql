-- Challenges that have been answered, rightly or wrongly: each token counts once. A row lives as long as its token.
CREATE TABLE challenge_spent (
    id_hash    BLOB PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX challenge_spent_expires ON challenge_spent (expires_at);
