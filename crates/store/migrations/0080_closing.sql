-- Leaving: an account that its owner asked to delete, and what is left of one that was erased (spec 01 §5).
-- account.status: open | closing | erased (and what other slices add); `data_key` and `person` of an erased
-- account are empty.

ALTER TABLE account ADD COLUMN closing_asked_at BIGINT;
ALTER TABLE account ADD COLUMN closing_until BIGINT;        -- when the data key is destroyed
ALTER TABLE account ADD COLUMN closing_reminded_at BIGINT;
ALTER TABLE account ADD COLUMN restored_at BIGINT;          -- the sign-in that last cancelled a deletion
ALTER TABLE account ADD COLUMN erased_at BIGINT;
CREATE INDEX account_closing ON account (closing_until) WHERE status = 'closing';
