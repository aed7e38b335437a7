-- The record of many organisations, each with its own chain. Every key begins with the organisation.
--
-- Only what PostgreSQL 13 and the engines that speak its protocol have in common: tables, unique constraints, row locks.

-- The end of each organisation's chain. Whoever records anything locks its row first: all that a decision turns on is then still.
CREATE TABLE issuer_head (
    organisation text NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    -- Entries of each status list: the same for all processes, whatever they were built with.
    list_length bigint NOT NULL,
    -- The hash at the end of an import that has begun and not ended: until it has, nothing else is recorded.
    importing bytea,
    -- Who the issuer is (its public URL, Profile and the thumbprints of its keys), so that no process signs as another.
    identity text
);

-- The chain: the exact bytes of each record, and the hash of the entry.
CREATE TABLE issuer_entry (
    organisation text NOT NULL REFERENCES issuer_head (organisation),
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    body bytea NOT NULL,
    award text,
    PRIMARY KEY (organisation, sequence)
);
CREATE INDEX issuer_entry_award ON issuer_entry (organisation, award, sequence);

-- What may be personal: salt and payload; NULL after erasure.
CREATE TABLE issuer_payload (
    organisation text NOT NULL,
    sequence bigint NOT NULL,
    -- SHA-256 of salt and payload, as it stands in the entry.
    commitment bytea NOT NULL,
    salted bytea,
    PRIMARY KEY (organisation, sequence),
    FOREIGN KEY (organisation, sequence) REFERENCES issuer_entry (organisation, sequence)
);
CREATE INDEX issuer_payload_commitment ON issuer_payload (organisation, commitment);

-- From here on: what the chain means, to find things by. `badge-issuer store verify` compares it with the chain.
CREATE TABLE issuer_badge (
    organisation text NOT NULL,
    badge text NOT NULL,
    version bigint NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (organisation, badge, version),
    FOREIGN KEY (organisation, sequence) REFERENCES issuer_entry (organisation, sequence)
);

CREATE TABLE issuer_award (
    organisation text NOT NULL,
    id text NOT NULL,
    -- The entry of its intent.
    sequence bigint NOT NULL,
    -- The entry of its signed credential.
    issued bigint,
    credential_id text NOT NULL,
    badge text NOT NULL,
    status bigint NOT NULL,
    list bigint,
    slot bigint,
    -- Hashes; NULL after erasure.
    recipient bytea,
    idempotency_key bytea,
    request bytea,
    -- The award as JSON, without its recipient.
    state text NOT NULL,
    PRIMARY KEY (organisation, id),
    FOREIGN KEY (organisation, sequence) REFERENCES issuer_entry (organisation, sequence)
);
CREATE UNIQUE INDEX issuer_award_sequence ON issuer_award (organisation, sequence);
CREATE UNIQUE INDEX issuer_award_credential ON issuer_award (organisation, credential_id);
-- No two awards under one key of a client's; no status index twice.
CREATE UNIQUE INDEX issuer_award_key ON issuer_award (organisation, idempotency_key);
CREATE UNIQUE INDEX issuer_award_slot ON issuer_award (organisation, list, slot);
CREATE INDEX issuer_award_bit ON issuer_award (organisation, list, status, slot);
CREATE INDEX issuer_award_status ON issuer_award (organisation, status, sequence);
CREATE INDEX issuer_award_badge ON issuer_award (organisation, badge, sequence);
CREATE INDEX issuer_award_badge_status ON issuer_award (organisation, badge, status, sequence);
CREATE INDEX issuer_award_recipient ON issuer_award (organisation, recipient, sequence);

CREATE TABLE issuer_list (
    organisation text NOT NULL REFERENCES issuer_head (organisation),
    list bigint NOT NULL,
    -- The list as JSON: purpose, when it was opened, how many indexes are reserved, the entry that last changed a bit.
    state text NOT NULL,
    PRIMARY KEY (organisation, list)
);
