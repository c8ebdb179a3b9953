CREATE TABLE shipments (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL DEFAULT 'Packing' CHECK (state IN ('Packing', 'Dispatched', 'Delivered', 'Withdrawn')),
  dispatched_at TEXT,
  recipient TEXT NOT NULL,
  address TEXT NOT NULL,
  shelf TEXT,
  revision INTEGER NOT NULL DEFAULT 0,
  sequence_nr INTEGER NOT NULL DEFAULT -1,
  fingerprint INTEGER NOT NULL DEFAULT (random() & 1099511627775),
  changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

CREATE TABLE parcels (
  barcode TEXT PRIMARY KEY,
  shipment_id INTEGER NOT NULL REFERENCES shipments (id),
  grams INTEGER NOT NULL
);

CREATE INDEX parcels_of_shipment ON parcels (shipment_id);

-- What follows is the feed's: npm run handover -- migration shipments

CREATE INDEX shipments_feed ON shipments (sequence_nr, dispatched_at);

-- One row: the history of the feed. `highest` is the highest sequence number ever assigned and never falls, whatever
-- happens to the record that holds it. Numbering goes round the waiting records and continues after the one it took last.
CREATE TABLE shipments_feed_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  highest INTEGER NOT NULL DEFAULT 0,
  last_since TEXT NOT NULL DEFAULT '',
  last_key INTEGER NOT NULL DEFAULT 0,
  numbering INTEGER NOT NULL DEFAULT 0 CHECK (numbering IN (0, 1))
);

INSERT INTO shipments_feed_state (id, epoch) VALUES (1, lower(hex(randomblob(8))));

CREATE TRIGGER shipments_feed_state_is_kept BEFORE DELETE ON shipments_feed_state
BEGIN
  SELECT RAISE(ABORT, 'the row of the feed of shipments is never deleted');
END;

CREATE TRIGGER shipments_feed_state_never_falls BEFORE UPDATE OF highest ON shipments_feed_state
WHEN NEW.highest < OLD.highest
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number never falls');
END;

CREATE TRIGGER shipments_feed_state_stays_within_bounds BEFORE UPDATE OF highest ON shipments_feed_state
WHEN typeof(NEW.highest) <> 'integer' OR NEW.highest > max(OLD.highest + 1000000, 1000000000000)
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number rises by ones');
END;

-- Count and sum of fingerprints of the published records, by ranges of 256 keys.
CREATE TABLE shipments_ranges (
  range INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

CREATE TRIGGER shipments_are_kept BEFORE DELETE ON shipments
BEGIN
  SELECT RAISE(ABORT, 'shipments are never deleted: mark them as deleted');
END;

CREATE TRIGGER shipments_are_not_replaced BEFORE INSERT ON shipments
BEGIN
  SELECT RAISE(ABORT, 'another shipment has this id')
  WHERE EXISTS (SELECT 1 FROM shipments WHERE id = NEW.id);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER shipments_keep_their_id BEFORE UPDATE ON shipments
WHEN NEW.id IS NOT OLD.id
BEGIN
  SELECT RAISE(ABORT, 'shipments keep their id');
END;

CREATE TRIGGER shipments_are_numbered_by_the_feed BEFORE UPDATE OF sequence_nr ON shipments
WHEN NEW.sequence_nr IS NOT -1 AND NEW.sequence_nr IS NOT OLD.sequence_nr
BEGIN
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE NOT (
    SELECT numbering = 1 AND typeof(NEW.sequence_nr) = 'integer'
      AND NEW.sequence_nr BETWEEN highest + 1 AND highest + 1000000
    FROM shipments_feed_state WHERE id = 1
  );
END;

CREATE TRIGGER shipments_are_within_bounds AFTER INSERT ON shipments
BEGIN
  SELECT RAISE(ABORT, 'the id is an integer from 1 to 999999999999') WHERE NEW.id NOT BETWEEN 1 AND 999999999999;
  SELECT RAISE(ABORT, 'a revision is an integer from 0 to 1000000000000')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision NOT BETWEEN 0 AND 1000000000000;
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone') WHERE NEW.sequence_nr IS NOT -1;
END;

CREATE TRIGGER shipments_stay_within_bounds BEFORE UPDATE OF revision, fingerprint ON shipments
BEGIN
  SELECT RAISE(ABORT, 'a revision rises by ones')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision > max(OLD.revision + 1000000, 1000000000000);
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
END;

-- Any change is a new revision with a new fingerprint, and waits to be numbered.
CREATE TRIGGER shipments_are_revised AFTER UPDATE OF
  state,
  dispatched_at,
  recipient,
  address,
  revision,
  fingerprint,
  changed_at
ON shipments
BEGIN
  UPDATE shipments SET
    revision = max(OLD.revision + 1, NEW.revision),
    fingerprint = random() & 1099511627775,
    sequence_nr = -1,
    dispatched_at = coalesce(NEW.dispatched_at, OLD.dispatched_at),
    changed_at = iif(NEW.changed_at IS NOT OLD.changed_at, NEW.changed_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
  WHERE id = NEW.id;
END;

CREATE TRIGGER shipments_start_at_their_first_revision AFTER INSERT ON shipments
BEGIN
  UPDATE shipments SET revision = NEW.revision WHERE id = NEW.id;
END;

CREATE TRIGGER shipments_ranges_gain_the_shipment AFTER UPDATE OF dispatched_at ON shipments
WHEN OLD.dispatched_at IS NULL AND NEW.dispatched_at IS NOT NULL
BEGIN
  INSERT INTO shipments_ranges (range, records, fingerprints) VALUES (NEW.id / 256, 1, NEW.fingerprint)
  ON CONFLICT (range) DO UPDATE SET records = records + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER shipments_ranges_gain_an_inserted_shipment AFTER INSERT ON shipments
WHEN NEW.dispatched_at IS NOT NULL
BEGIN
  INSERT INTO shipments_ranges (range, records, fingerprints) VALUES (NEW.id / 256, 1, NEW.fingerprint)
  ON CONFLICT (range) DO UPDATE SET records = records + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER shipments_ranges_lose_the_shipment AFTER UPDATE OF dispatched_at ON shipments
WHEN OLD.dispatched_at IS NOT NULL AND NEW.dispatched_at IS NULL
BEGIN
  UPDATE shipments_ranges SET records = records - 1, fingerprints = fingerprints - NEW.fingerprint
  WHERE range = NEW.id / 256;
END;

CREATE TRIGGER shipments_ranges_follow_a_fingerprint AFTER UPDATE OF fingerprint ON shipments
WHEN OLD.dispatched_at IS NOT NULL
BEGIN
  INSERT INTO shipments_ranges (range, records, fingerprints)
  VALUES (NEW.id / 256, 0, NEW.fingerprint - OLD.fingerprint)
  ON CONFLICT (range) DO UPDATE SET fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER parcels_revise_on_insert AFTER INSERT ON parcels
BEGIN
  UPDATE shipments SET revision = revision + 1 WHERE id = NEW.shipment_id;
END;

CREATE TRIGGER parcels_revise_on_update AFTER UPDATE ON parcels
BEGIN
  UPDATE shipments SET revision = revision + 1 WHERE id IN (OLD.shipment_id, NEW.shipment_id);
END;

CREATE TRIGGER parcels_revise_on_delete AFTER DELETE ON parcels
BEGIN
  UPDATE shipments SET revision = revision + 1 WHERE id = OLD.shipment_id;
END;

CREATE TRIGGER parcels_revise_what_an_insert_replaces BEFORE INSERT ON parcels
BEGIN
  UPDATE shipments SET revision = revision + 1 WHERE id IN (SELECT shipment_id FROM parcels WHERE ((barcode = NEW.barcode)));
END;

CREATE TRIGGER parcels_revise_what_an_update_replaces BEFORE UPDATE ON parcels
BEGIN
  UPDATE shipments SET revision = revision + 1 WHERE id IN (SELECT shipment_id FROM parcels WHERE ((barcode = NEW.barcode)) AND rowid <> OLD.rowid);
END;

-- What the consumer has reported of a record: apart from the records, since a notice is no change of one.
CREATE TABLE shipments_notices (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  key INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (json_valid(notice)),
  received_at TEXT NOT NULL
) WITHOUT ROWID;

-- For a shipment that was there before the feed: its first revision, and its place in the ranges.
UPDATE shipments SET revision = revision + 1 WHERE revision < 1;

INSERT INTO shipments_ranges (range, records, fingerprints)
SELECT id / 256, count(*), sum(fingerprint) FROM shipments WHERE dispatched_at IS NOT NULL GROUP BY 1
ON CONFLICT (range) DO UPDATE SET records = excluded.records, fingerprints = excluded.fingerprints;
