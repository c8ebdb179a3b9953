CREATE TABLE calls (
  shipment_id INTEGER PRIMARY KEY,
  recipient TEXT NOT NULL,
  called_at TEXT
);

-- What follows is the consumer's: npm run handover -- migration shipments

-- One row: where the pull stands, in which history, and the run in progress. The lease keeps runs apart; what keeps
-- the data right is that the transaction of each batch begins with a compare-and-set on the token.
CREATE TABLE shipment_pull (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- NULL: from the start.
  token TEXT,
  -- The newest epoch learned; NULL before the first answer.
  epoch TEXT,
  -- 'owed': the feed is to be read again under the epoch; 'reading': it is being read.
  repair TEXT CHECK (repair IN ('owed', 'reading')),
  -- The batch that moved the token last: its transaction is aborted unless it is named here.
  batch_id TEXT,
  run_id TEXT,
  run_by TEXT,
  run_started_at TEXT,
  lease_until REAL NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  batches INTEGER NOT NULL DEFAULT 0,
  last_success_at TEXT,
  agreed_up_to INTEGER,
  agreed_at TEXT,
  compared_at TEXT
);

INSERT INTO shipment_pull (id) VALUES (1);

CREATE TRIGGER shipment_pull_is_kept BEFORE DELETE ON shipment_pull
BEGIN
  SELECT RAISE(ABORT, 'the row of the pull is never deleted');
END;

-- Every epoch ever learned, in the order of learning; the newest is current, the others are retired.
CREATE TABLE shipment_epochs (
  nr INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL UNIQUE,
  first_seen_at TEXT NOT NULL,
  repaired_at TEXT
);

-- Runs that ended. The one in progress is in shipment_pull, so that an idle run writes three rows.
CREATE TABLE shipment_runs (
  nr INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  run_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  token TEXT,
  epoch TEXT,
  error TEXT
);

CREATE TABLE shipment_resets (
  nr INTEGER PRIMARY KEY,
  token_before TEXT,
  token_after TEXT,
  epoch TEXT,
  reset_by TEXT NOT NULL,
  at TEXT NOT NULL
);

-- What is written here aborts its transaction as a whole, and the constraint that refuses it says why; no row is ever
-- stored. So no statement of a batch needs a condition of its own.
CREATE TABLE shipment_aborts (
  why TEXT NOT NULL,
  CONSTRAINT aborted_token_moved CHECK (why <> 'token_moved'),
  CONSTRAINT aborted_epoch_not_current CHECK (why <> 'epoch_not_current'),
  CONSTRAINT aborted_not_as_compared CHECK (why <> 'not_as_compared'),
  CONSTRAINT aborted_run_lost CHECK (why <> 'run_lost'),
  CONSTRAINT aborted_trial_ended CHECK (why <> 'trial_ended'),
  CONSTRAINT aborted_for_no_reason CHECK (why IS NULL)
);

-- Records of the feed that do not fit. One without a readable key is known by its place in the feed.
CREATE TABLE shipment_quarantine (
  subject TEXT PRIMARY KEY,
  id INTEGER,
  revision INTEGER,
  error TEXT NOT NULL,
  -- The token that its batch was asked for with, to ask for it again where it has no key.
  batch_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 1,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  next_try_at TEXT NOT NULL,
  closed_at TEXT
);

CREATE INDEX shipment_quarantine_open ON shipment_quarantine (closed_at, next_try_at);

CREATE INDEX shipment_quarantine_id ON shipment_quarantine (id);

-- What a repair or a comparison changed: evidence.
CREATE TABLE shipment_repairs (
  nr INTEGER PRIMARY KEY,
  shipment_id INTEGER NOT NULL,
  why TEXT NOT NULL,
  before TEXT,
  after TEXT,
  run_id TEXT,
  at TEXT NOT NULL
);

-- What the publisher is notified of; for each subject the newest notice counts.
CREATE TABLE shipment_outbox (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  shipment_id INTEGER NOT NULL,
  notice TEXT NOT NULL,
  pending INTEGER NOT NULL DEFAULT 1 CHECK (pending IN (0, 1)),
  -- Whether the publisher answered that it cannot read the notice. It is set aside then, and sent again after each comparison.
  refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1))
) WITHOUT ROWID;

CREATE INDEX shipment_outbox_pending ON shipment_outbox (pending, subject);

CREATE INDEX shipment_outbox_refused ON shipment_outbox (subject) WHERE refused = 1;

-- Copies of the records that were ever published.
CREATE TABLE shipment_copies (
  id INTEGER PRIMARY KEY CHECK (id > 0 AND id < 1000000000000),
  revision INTEGER NOT NULL,
  -- Says "same content"; NULL when the copy was changed without it.
  fingerprint INTEGER,
  epoch TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  -- 1: the publisher has it no longer.
  orphaned INTEGER NOT NULL DEFAULT 0 CHECK (orphaned IN (0, 1)),
  -- The record as it was published, members that this app does not know included.
  record TEXT NOT NULL CHECK (json_valid(record)),
  source TEXT NOT NULL CHECK (source IN ('pull', 'deep-link')),
  fetched_at TEXT NOT NULL,
  -- The run of the pull that brought it.
  run_id TEXT
);

CREATE INDEX shipment_copies_orphaned ON shipment_copies (id) WHERE orphaned = 1;

-- Count and sum of fingerprints of the records that the publisher is expected to have, by ranges of 256 keys.
CREATE TABLE shipment_ranges (
  range INTEGER PRIMARY KEY,
  copies INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

CREATE TRIGGER shipment_copies_are_kept BEFORE DELETE ON shipment_copies
BEGIN
  SELECT RAISE(ABORT, 'a copy is never deleted');
END;

CREATE TRIGGER shipment_copies_are_not_replaced BEFORE INSERT ON shipment_copies
BEGIN
  SELECT RAISE(ABORT, 'there is a copy with this id')
  WHERE EXISTS (SELECT 1 FROM shipment_copies WHERE id = NEW.id);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER shipment_copies_keep_their_id BEFORE UPDATE ON shipment_copies
WHEN NEW.id IS NOT OLD.id
BEGIN
  SELECT RAISE(ABORT, 'a copy keeps its id');
END;

CREATE TRIGGER shipment_copies_are_voided AFTER UPDATE OF revision, deleted, record ON shipment_copies
WHEN NEW.fingerprint IS OLD.fingerprint AND NEW.fingerprint IS NOT NULL
BEGIN
  UPDATE shipment_copies SET fingerprint = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER shipment_ranges_gain_a_copy AFTER INSERT ON shipment_copies
WHEN NEW.orphaned = 0
BEGIN
  INSERT INTO shipment_ranges (range, copies, fingerprints)
  VALUES (NEW.id / 256, 1, coalesce(NEW.fingerprint, 0))
  ON CONFLICT (range) DO UPDATE SET copies = copies + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER shipment_ranges_follow_a_copy AFTER UPDATE OF fingerprint, orphaned ON shipment_copies
BEGIN
  UPDATE shipment_ranges SET
    copies = copies + OLD.orphaned - NEW.orphaned,
    fingerprints = fingerprints
      + coalesce(NEW.fingerprint, 0) * (1 - NEW.orphaned) - coalesce(OLD.fingerprint, 0) * (1 - OLD.orphaned)
  WHERE range = NEW.id / 256;
END;
