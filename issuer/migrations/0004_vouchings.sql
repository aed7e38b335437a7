-- How many signatures were recorded by which somebody vouches for somebody: whoever records another looked at all of them before.
ALTER TABLE issuer_head ADD COLUMN vouchings bigint NOT NULL DEFAULT 0;
