-- Access tokens: what whoever shows them may do.
CREATE TABLE issuer_token (
    organisation text NOT NULL,
    -- SHA-256 of the token, which nobody keeps.
    digest bytea NOT NULL,
    -- Its public id.
    id text NOT NULL,
    -- The entry of its making.
    sequence bigint NOT NULL,
    -- The entry that revokes it; NULL while it is not.
    revoked bigint,
    -- Its end in microseconds from 1970; the largest number where it has none.
    ends bigint NOT NULL,
    -- The token as JSON.
    state text NOT NULL,
    PRIMARY KEY (organisation, digest),
    FOREIGN KEY (organisation, sequence) REFERENCES issuer_entry (organisation, sequence)
);
CREATE UNIQUE INDEX issuer_token_id ON issuer_token (organisation, id);
CREATE UNIQUE INDEX issuer_token_sequence ON issuer_token (organisation, sequence);
CREATE INDEX issuer_token_ends ON issuer_token (organisation, revoked, ends);

-- Every place in a status list that is taken, with the one kind of thing that has it: an award or an evaluation, never both.
CREATE TABLE issuer_place (
    organisation text NOT NULL REFERENCES issuer_head (organisation),
    list bigint NOT NULL,
    slot bigint NOT NULL,
    holder text NOT NULL CHECK (holder IN ('award', 'seat')),
    PRIMARY KEY (organisation, list, slot)
);
CREATE UNIQUE INDEX issuer_place_holder ON issuer_place (organisation, list, slot, holder);
INSERT INTO issuer_place (organisation, list, slot, holder)
    SELECT organisation, list, slot, 'award' FROM issuer_award WHERE list IS NOT NULL;
INSERT INTO issuer_place (organisation, list, slot, holder)
    SELECT organisation, list, slot, 'seat' FROM issuer_seat;
-- An award or a seat without its place, or at one of the other kind, cannot be written, by whatever program; within a kind
-- issuer_award_slot and issuer_seat_slot stand.
ALTER TABLE issuer_award ADD COLUMN holder text NOT NULL DEFAULT 'award' CHECK (holder = 'award');
ALTER TABLE issuer_seat ADD COLUMN holder text NOT NULL DEFAULT 'seat' CHECK (holder = 'seat');
ALTER TABLE issuer_award ADD FOREIGN KEY (organisation, list, slot, holder)
    REFERENCES issuer_place (organisation, list, slot, holder);
ALTER TABLE issuer_seat ADD FOREIGN KEY (organisation, list, slot, holder)
    REFERENCES issuer_place (organisation, list, slot, holder);
