-- Batches of awards that were sent to a service: no part of the record, neither in its chain nor exported. Whichever process is free works
-- on the oldest.

-- One row for each organisation that has sent one: whoever decides about its batches locks it.
CREATE TABLE issuer_batches (
    organisation text NOT NULL PRIMARY KEY REFERENCES issuer_head (organisation)
);

CREATE TABLE issuer_batch (
    organisation text NOT NULL REFERENCES issuer_batches (organisation),
    id text NOT NULL,
    -- arriving, queued, running, complete, stopped, cancelled or failed.
    state text NOT NULL,
    -- SHA-256 of the idempotency key, and of what was asked for with the lines; in hexadecimal.
    key text NOT NULL,
    digest text NOT NULL,
    -- What was asked for, how many lines came to what, and why it ended early; as JSON.
    request text NOT NULL,
    counts text NOT NULL,
    outcome text NOT NULL,
    -- Microseconds from 1970.
    created bigint NOT NULL,
    ended bigint,
    -- Pieces of its lines: none of them may be missing.
    pieces bigint NOT NULL,
    -- Of its reports.
    bytes bigint NOT NULL,
    -- Whether one that runs is to be cancelled.
    cancel boolean NOT NULL,
    -- Which turn of which process has it, and until which second from 1970 by the database's clock nobody else takes it.
    claim text,
    lease bigint NOT NULL,
    PRIMARY KEY (organisation, id)
);
CREATE INDEX issuer_batch_state ON issuer_batch (organisation, state, created);
CREATE INDEX issuer_batch_key ON issuer_batch (organisation, key);

-- The lines, in pieces, until it has ended: they are personal.
CREATE TABLE issuer_batch_input (
    organisation text NOT NULL,
    id text NOT NULL,
    number bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (organisation, id, number),
    FOREIGN KEY (organisation, id) REFERENCES issuer_batch (organisation, id) ON DELETE CASCADE
);

-- What became of the lines, in pieces that hold whole lines; names awards, never people.
CREATE TABLE issuer_batch_report (
    organisation text NOT NULL,
    id text NOT NULL,
    -- results, or errors.
    report text NOT NULL,
    -- The byte of the report at which the piece begins.
    start bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (organisation, id, report, start),
    FOREIGN KEY (organisation, id) REFERENCES issuer_batch (organisation, id) ON DELETE CASCADE
);
