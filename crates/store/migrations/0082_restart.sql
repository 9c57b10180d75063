-- What a waiting period leads to: a new password without the lost factor, or beginning anew without the account.

ALTER TABLE recovery_wait ADD COLUMN aim TEXT NOT NULL DEFAULT 'factor'; -- factor | restart
