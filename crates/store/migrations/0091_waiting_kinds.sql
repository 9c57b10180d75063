-- Lists of waiting jobs of one kind among a million of others, for the workplace of staff. The condition on run_at is always
-- true; it keeps this index for the statement that repeats it, and away from claiming.
CREATE INDEX job_waiting_kind ON job (kind, run_at, id) WHERE state = 'waiting' AND run_at >= 0;
