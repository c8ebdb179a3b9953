-- One row: where the pull stands, in which history, and the run that goes on. The lease keeps runs apart; what keeps
-- the data right is that each page's batch begins with a compare-and-set on the token.
CREATE TABLE order_pull (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- NULL: from the start.
  token TEXT,
  -- The newest epoch heard of; NULL before the first answer.
  epoch TEXT,
  -- 'owed': the feed is to be read anew under the epoch; 'reading': it is being read. Copies of other epochs that are
  -- left at the end are orphaned.
  repair TEXT CHECK (repair IN ('owed', 'reading')),
  -- The batch that moved the token last: its later statements act only while it stands here.
  page_id TEXT,
  run_id TEXT,
  run_by TEXT,
  run_started_at TEXT,
  lease_until REAL NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  pages INTEGER NOT NULL DEFAULT 0,
  last_success_at TEXT,
  agreed_up_to INTEGER,
  agreed_at TEXT,
  compared_at TEXT
);

INSERT INTO order_pull (id) VALUES (1);

CREATE TRIGGER order_pull_is_kept BEFORE DELETE ON order_pull
BEGIN
  SELECT RAISE(ABORT, 'the row of the pull is never deleted');
END;

-- Every epoch ever heard of, in the order of hearing; the newest is current, the others are retired.
CREATE TABLE epochs (
  nr INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL UNIQUE,
  heard_at TEXT NOT NULL,
  repaired_at TEXT
);

-- Runs that ended. The one that goes on stands in order_pull, so that an idle run writes three rows.
CREATE TABLE pull_runs (
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
  pages INTEGER NOT NULL,
  token TEXT,
  epoch TEXT,
  error TEXT
);

-- Billing's copies of the orders that were ever confirmed.
CREATE TABLE orders (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  revision INTEGER NOT NULL,
  -- Says "same content"; NULL when the copy was changed without it.
  fingerprint INTEGER,
  epoch TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  -- 1: ordering has it no longer.
  orphaned INTEGER NOT NULL DEFAULT 0 CHECK (orphaned IN (0, 1)),
  -- The order as it was published, fields that this app does not know included.
  record TEXT NOT NULL CHECK (json_valid(record)),
  source TEXT NOT NULL CHECK (source IN ('pull', 'deep-link')),
  fetched_at TEXT NOT NULL,
  -- The run of the pull that brought it.
  run_id TEXT
);

CREATE INDEX orders_orphaned ON orders (number) WHERE orphaned = 1;

CREATE TABLE order_ranges (
  range INTEGER PRIMARY KEY,
  orders INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

-- SQLite removes the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE trigger, so every
-- unique column is guarded before the write.
CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
BEGIN
  SELECT RAISE(ABORT, 'a copy of an order is never deleted');
END;

CREATE TRIGGER orders_are_not_replaced BEFORE INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'a copy of this order exists')
  WHERE EXISTS (SELECT 1 FROM orders WHERE number = NEW.number);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER orders_keep_their_number BEFORE UPDATE ON orders
WHEN NEW.number IS NOT OLD.number
BEGIN
  SELECT RAISE(ABORT, 'an order keeps its number');
END;

CREATE TRIGGER orders_are_voided AFTER UPDATE OF revision, deleted, record ON orders
WHEN NEW.fingerprint IS OLD.fingerprint AND NEW.fingerprint IS NOT NULL
BEGIN
  UPDATE orders SET fingerprint = NULL WHERE number = NEW.number;
END;

-- The ranges count the orders that ordering is expected to have.
CREATE TRIGGER order_ranges_gain_an_order AFTER INSERT ON orders
WHEN NEW.orphaned = 0
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints) VALUES (NEW.number / 256, 1, coalesce(NEW.fingerprint, 0))
  ON CONFLICT (range) DO UPDATE SET orders = orders + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER order_ranges_follow_an_order AFTER UPDATE OF fingerprint, orphaned ON orders
BEGIN
  UPDATE order_ranges SET
    orders = orders + OLD.orphaned - NEW.orphaned,
    fingerprints = fingerprints
      + coalesce(NEW.fingerprint, 0) * (1 - NEW.orphaned) - coalesce(OLD.fingerprint, 0) * (1 - OLD.orphaned)
  WHERE range = NEW.number / 256;
END;

-- One invoice for an order. While it is not approved, what it says is the copy's; `document` is what was decided on.
-- An approved one that was credited whole may be replaced by another, once.
CREATE TABLE invoices (
  -- The order's number: it is the same again after any restore. A replacement's is the next one in steps of 10^12.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  order_number INTEGER NOT NULL,
  -- The invoice that this one replaces; 0 for the order's first.
  replaces INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'ToApprove' CHECK (state IN ('ToApprove', 'Approved', 'Rejected', 'Cancelled')),
  created_at TEXT NOT NULL,
  invoice_number TEXT UNIQUE,
  document TEXT CHECK (json_valid(document)),
  order_revision INTEGER,
  order_fingerprint INTEGER,
  decided_at TEXT,
  decided_by TEXT,
  reason TEXT,
  -- The number of the decision in the ledger.
  decision INTEGER,
  CHECK ((state = 'Approved') = (invoice_number IS NOT NULL)),
  CHECK (state <> 'Approved' OR (document IS NOT NULL AND decided_at IS NOT NULL AND decision IS NOT NULL)),
  UNIQUE (order_number, replaces)
);

CREATE INDEX invoices_state ON invoices (state, id);

CREATE TRIGGER invoices_are_kept BEFORE DELETE ON invoices
BEGIN
  SELECT RAISE(ABORT, 'an invoice is never deleted');
END;

CREATE TRIGGER invoices_are_not_replaced BEFORE INSERT ON invoices
BEGIN
  SELECT RAISE(ABORT, 'this order has its invoice')
  WHERE EXISTS (SELECT 1 FROM invoices WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.order_number AND replaces = NEW.replaces);
  SELECT RAISE(ABORT, 'this invoice number is given')
  WHERE EXISTS (SELECT 1 FROM invoices WHERE invoice_number = NEW.invoice_number);
END;

CREATE TRIGGER invoices_keep_their_order BEFORE UPDATE ON invoices
WHEN NEW.id IS NOT OLD.id OR NEW.order_number IS NOT OLD.order_number OR NEW.replaces IS NOT OLD.replaces
BEGIN
  SELECT RAISE(ABORT, 'an invoice keeps its order');
END;

CREATE TRIGGER invoices_do_not_share_numbers BEFORE UPDATE OF invoice_number ON invoices
WHEN NEW.invoice_number IS NOT OLD.invoice_number
BEGIN
  SELECT RAISE(ABORT, 'this invoice number is given')
  WHERE EXISTS (SELECT 1 FROM invoices WHERE invoice_number = NEW.invoice_number AND id <> NEW.id);
END;

CREATE TRIGGER invoices_are_frozen BEFORE UPDATE ON invoices
WHEN OLD.state = 'Approved'
BEGIN
  SELECT RAISE(ABORT, 'an approved invoice never changes');
END;

-- The highest number of each series: a year of invoices (2026), a year of credit notes (C2026).
CREATE TABLE invoice_series (
  series TEXT PRIMARY KEY,
  highest INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER invoice_series_never_fall BEFORE UPDATE OF highest ON invoice_series
WHEN NEW.highest < OLD.highest
BEGIN
  SELECT RAISE(ABORT, 'the highest invoice number never falls');
END;

CREATE TRIGGER invoice_series_are_kept BEFORE DELETE ON invoice_series
BEGIN
  SELECT RAISE(ABORT, 'a series of invoice numbers is never deleted');
END;

-- Each approval, rejection and credit note, numbered without gaps; the ledger object keeps the same rows out of reach of a restore.
CREATE TABLE decisions (
  nr INTEGER PRIMARY KEY,
  decision_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('approved', 'rejected', 'credited')),
  invoice_id INTEGER NOT NULL,
  order_number INTEGER NOT NULL,
  -- The invoice's or the credit note's; NULL for a rejection.
  issued_number TEXT,
  -- The order as it was decided on, or the credit note.
  document TEXT NOT NULL,
  order_revision INTEGER NOT NULL,
  order_fingerprint INTEGER NOT NULL,
  invoice_created_at TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT,
  -- The invoice that a credit note made way for.
  replacement_id INTEGER,
  witnessed INTEGER NOT NULL DEFAULT 0 CHECK (witnessed IN (0, 1))
);

CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
BEGIN
  SELECT RAISE(ABORT, 'a decision is never deleted');
END;

CREATE TRIGGER decisions_are_not_replaced BEFORE INSERT ON decisions
BEGIN
  SELECT RAISE(ABORT, 'a decision with this number exists')
  WHERE EXISTS (SELECT 1 FROM decisions WHERE nr = NEW.nr);
END;

CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
WHEN OLD.witnessed = 1 OR NEW.witnessed = 0 OR NEW.nr IS NOT OLD.nr OR NEW.document IS NOT OLD.document
  OR NEW.issued_number IS NOT OLD.issued_number OR NEW.invoice_id IS NOT OLD.invoice_id
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;

-- What corrects an approved invoice. Its id is its decision's number.
CREATE TABLE credit_notes (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL,
  credit_note_number TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL CHECK (json_valid(document)),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  replacement_id INTEGER
);

CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id);

CREATE TRIGGER credit_notes_are_kept BEFORE DELETE ON credit_notes
BEGIN
  SELECT RAISE(ABORT, 'a credit note is never deleted');
END;

CREATE TRIGGER credit_notes_are_not_replaced BEFORE INSERT ON credit_notes
BEGIN
  SELECT RAISE(ABORT, 'this credit note exists')
  WHERE EXISTS (SELECT 1 FROM credit_notes WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM credit_notes WHERE credit_note_number = NEW.credit_note_number);
END;

CREATE TRIGGER credit_notes_are_frozen BEFORE UPDATE ON credit_notes
BEGIN
  SELECT RAISE(ABORT, 'a credit note never changes');
END;

-- Records of the feed that do not fit. One without a readable number is known by its place in the feed.
CREATE TABLE quarantine (
  subject TEXT PRIMARY KEY,
  number INTEGER,
  revision INTEGER,
  error TEXT NOT NULL,
  -- The page it came with, to ask for it again where it has no number.
  page_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 1,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  next_try_at TEXT NOT NULL,
  closed_at TEXT
);

CREATE INDEX quarantine_open ON quarantine (closed_at, next_try_at);
CREATE INDEX quarantine_number ON quarantine (number);

-- What a repair or a comparison changed: evidence.
CREATE TABLE repairs (
  nr INTEGER PRIMARY KEY,
  order_number INTEGER NOT NULL,
  why TEXT NOT NULL,
  before TEXT,
  after TEXT,
  run_id TEXT,
  at TEXT NOT NULL
);

-- What billing tells ordering; for each subject the newest notice counts.
CREATE TABLE outbox (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  order_number INTEGER NOT NULL,
  notice TEXT NOT NULL,
  pending INTEGER NOT NULL DEFAULT 1 CHECK (pending IN (0, 1))
) WITHOUT ROWID;

CREATE INDEX outbox_pending ON outbox (pending, subject);

CREATE TABLE resets (
  nr INTEGER PRIMARY KEY,
  token_before TEXT,
  token_after TEXT,
  epoch TEXT,
  reset_by TEXT NOT NULL,
  at TEXT NOT NULL
);

-- A batch that ends by writing here is undone as a whole: how a page that was refused is tried without its records.
CREATE TABLE probes (
  nr INTEGER CONSTRAINT probe_ends_here CHECK (nr IS NULL)
);
