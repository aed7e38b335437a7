-- Places in status lists that are kept for evaluations by peers.
CREATE TABLE issuer_seat (
    organisation text NOT NULL,
    -- A digest over something unguessable; it says nothing about anybody to who does not know that.
    seat bytea NOT NULL,
    -- The entry of its reservation.
    sequence bigint NOT NULL,
    -- The entry that records that the evaluation was taken back; NULL while it stands.
    withdrawn bigint,
    list bigint NOT NULL,
    slot bigint NOT NULL,
    -- The day of its reservation, counted from 1970 in UTC: how many a day may have is limited.
    day bigint NOT NULL,
    -- The place as JSON.
    state text NOT NULL,
    PRIMARY KEY (organisation, seat),
    FOREIGN KEY (organisation, sequence) REFERENCES issuer_entry (organisation, sequence)
);
-- No status index twice; that no award has it either is decided under the lock of issuer_head.
CREATE UNIQUE INDEX issuer_seat_slot ON issuer_seat (organisation, list, slot);
CREATE UNIQUE INDEX issuer_seat_sequence ON issuer_seat (organisation, sequence);
CREATE INDEX issuer_seat_withdrawn ON issuer_seat (organisation, list, withdrawn);
CREATE INDEX issuer_seat_day ON issuer_seat (organisation, day);
