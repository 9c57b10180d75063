-- Held jobs are few, waiting ones may be a million: whoever looks for leases that ran out does not read the others.
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'waiting' AND lease_until IS NOT NULL;
