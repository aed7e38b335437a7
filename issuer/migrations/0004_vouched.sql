-- The hash of the entry that last recorded a signature by which somebody vouches for somebody: whoever records another looked before.
CREATE TABLE issuer_vouched (
    organisation text NOT NULL PRIMARY KEY,
    hash bytea NOT NULL
);
