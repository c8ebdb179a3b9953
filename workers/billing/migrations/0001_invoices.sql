-- The pull ------------------------------------------------------------------------------------------------------------

-- One row: where the pull stands, in which history, and the run in progress. The lease keeps runs apart; what keeps
-- the data right is that the transaction of each batch begins with a compare-and-set on the token.
CREATE TABLE order_pull (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- NULL: from the start.
  token TEXT,
  -- The newest epoch learned; NULL before the first answer.
  epoch TEXT,
  -- 'owed': the feed is to be read again under the epoch; 'reading': it is being read. Copies of other epochs that are
  -- left at the end are orphaned.
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
  compared_at TEXT,
  -- How many decisions are not replayed yet, in the row that an idle pull reads anyway.
  unreplayed INTEGER NOT NULL DEFAULT 0
);

INSERT INTO order_pull (id) VALUES (1);

CREATE TRIGGER order_pull_is_kept BEFORE DELETE ON order_pull
BEGIN
  SELECT RAISE(ABORT, 'the row of the pull is never deleted');
END;

-- Every epoch ever learned, in the order of learning; the newest is current, the others are retired.
CREATE TABLE epochs (
  nr INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL UNIQUE,
  first_seen_at TEXT NOT NULL,
  repaired_at TEXT
);

-- Runs that ended. The one in progress is in order_pull, so that an idle run writes three rows.
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
  batches INTEGER NOT NULL,
  token TEXT,
  epoch TEXT,
  error TEXT
);

CREATE TABLE resets (
  nr INTEGER PRIMARY KEY,
  token_before TEXT,
  token_after TEXT,
  epoch TEXT,
  reset_by TEXT NOT NULL,
  at TEXT NOT NULL
);

-- What is written here aborts its transaction as a whole, and the constraint that refuses it says why; no row is ever
-- stored. So no statement of a batch needs a condition of its own, and a batch that was refused is tried without its records.
CREATE TABLE aborts (
  why TEXT NOT NULL,
  CONSTRAINT aborted_token_moved CHECK (why <> 'token_moved'),
  CONSTRAINT aborted_epoch_not_current CHECK (why <> 'epoch_not_current'),
  CONSTRAINT aborted_not_as_compared CHECK (why <> 'not_as_compared'),
  CONSTRAINT aborted_run_lost CHECK (why <> 'run_lost'),
  CONSTRAINT aborted_trial_ended CHECK (why <> 'trial_ended'),
  CONSTRAINT aborted_for_no_reason CHECK (why IS NULL)
);

-- Records of the feed that do not fit. One without a readable number is known by its place in the feed.
CREATE TABLE quarantine (
  subject TEXT PRIMARY KEY,
  number INTEGER,
  revision INTEGER,
  error TEXT NOT NULL,
  -- The token that its batch was asked for with, to ask for it again where it has no number.
  batch_token TEXT,
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

-- What billing notifies ordering of; for each subject the newest notice counts.
CREATE TABLE outbox (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  order_number INTEGER NOT NULL,
  notice TEXT NOT NULL,
  pending INTEGER NOT NULL DEFAULT 1 CHECK (pending IN (0, 1)),
  -- Whether ordering answered that it cannot read the notice. It is set aside then, and sent again after each comparison.
  refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1))
) WITHOUT ROWID;

CREATE INDEX outbox_pending ON outbox (pending, subject);
CREATE INDEX outbox_refused ON outbox (subject) WHERE refused = 1;

-- The copies -----------------------------------------------------------------------------------------------------------

-- Billing's copies of the orders that were ever confirmed.
CREATE TABLE orders (
  number INTEGER PRIMARY KEY CHECK (number > 0 AND number < 1000000000000),
  revision INTEGER NOT NULL,
  -- Says "same content"; NULL when the copy was changed without it.
  fingerprint INTEGER,
  epoch TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  -- 1: ordering has it no longer.
  orphaned INTEGER NOT NULL DEFAULT 0 CHECK (orphaned IN (0, 1)),
  -- The order as it was published, fields that this app does not know included.
  record TEXT NOT NULL CHECK (json_valid(record)),
  -- What is searched in: the customer's name, a line break, and the order's external id, folded by the app, since SQL
  -- cannot.
  searched TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL CHECK (source IN ('pull', 'deep-link')),
  fetched_at TEXT NOT NULL,
  -- The run of the pull that brought it.
  run_id TEXT
);

CREATE INDEX orders_orphaned ON orders (number) WHERE orphaned = 1;

-- An order is looked for by its whole external id, whether it has an invoice or not.
CREATE INDEX orders_external_id ON orders (substr(searched, instr(searched, char(10)) + 1));

-- Orders are looked for by their customer's whole id, and an erasure finds a customer's copies by it.
CREATE INDEX orders_customer_id ON orders (record ->> '$.customer.id');

-- Count and sum of fingerprints of the orders that ordering is expected to have, by ranges of 256 numbers.
CREATE TABLE order_ranges (
  range INTEGER PRIMARY KEY,
  orders INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

-- What keeps the copies, as shared/handover/consumer/migration.ts makes it of the tables; a test compares them. SQLite removes
-- the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE trigger, so the key is guarded before
-- the write.
CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
BEGIN
  SELECT RAISE(ABORT, 'a copy is never deleted');
END;

CREATE TRIGGER orders_are_not_replaced BEFORE INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'there is a copy with this number')
  WHERE EXISTS (SELECT 1 FROM orders WHERE number = NEW.number);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER orders_keep_their_number BEFORE UPDATE ON orders
WHEN NEW.number IS NOT OLD.number
BEGIN
  SELECT RAISE(ABORT, 'a copy keeps its number');
END;

CREATE TRIGGER orders_are_voided AFTER UPDATE OF revision, deleted, record ON orders
WHEN NEW.fingerprint IS OLD.fingerprint AND NEW.fingerprint IS NOT NULL
BEGIN
  UPDATE orders SET fingerprint = NULL WHERE number = NEW.number;
END;

CREATE TRIGGER order_ranges_gain_a_copy AFTER INSERT ON orders
WHEN NEW.orphaned = 0
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints)
  VALUES (NEW.number / 256, 1, coalesce(NEW.fingerprint, 0))
  ON CONFLICT (range) DO UPDATE SET orders = orders + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER order_ranges_follow_a_copy AFTER UPDATE OF fingerprint, orphaned ON orders
BEGIN
  UPDATE order_ranges SET
    orders = orders + OLD.orphaned - NEW.orphaned,
    fingerprints = fingerprints
      + coalesce(NEW.fingerprint, 0) * (1 - NEW.orphaned) - coalesce(OLD.fingerprint, 0) * (1 - OLD.orphaned)
  WHERE range = NEW.number / 256;
END;

-- Erasure --------------------------------------------------------------------------------------------------------------

-- A customer's data is erased while `running` is 1, inside one transaction: only then, and only in what tells of a person,
-- may a rejection change, or a document whose time to be kept is over.
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  running INTEGER NOT NULL DEFAULT 0 CHECK (running IN (0, 1))
);

INSERT INTO erasure (id) VALUES (1);

CREATE TRIGGER erasure_is_kept BEFORE DELETE ON erasure
BEGIN
  SELECT RAISE(ABORT, 'the row of the erasure is never deleted');
END;

-- Invoices -------------------------------------------------------------------------------------------------------------

-- One invoice for an order. While it is not approved, what it says is the copy's; `document` is what was decided on.
-- An approved one that was fully credited may be replaced by another, once.
--
-- What a document says by the configuration of the moment at which it was issued is part of it: its day, the day by which
-- it is to be paid, and who sells. No document, list or export is computed from configuration afterwards. `seller` is
-- JSON: name, address (a list of lines), vatId, bank.
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
  issued_on TEXT,
  due_on TEXT,
  seller TEXT CHECK (json_valid(seller)),
  -- What it is found by: its order's copy's text and amount until it is approved; then it keeps them.
  searched TEXT NOT NULL DEFAULT '',
  currency TEXT,
  gross INTEGER,
  CHECK ((state = 'Approved') = (invoice_number IS NOT NULL)),
  CHECK (state <> 'Approved' OR (document IS NOT NULL AND decided_at IS NOT NULL AND decision IS NOT NULL)),
  UNIQUE (order_number, replaces)
);

CREATE INDEX invoices_state ON invoices (state, id);

-- A month's export reads what was issued in it, and nothing else.
CREATE INDEX invoices_issued ON invoices (issued_on, invoice_number) WHERE issued_on IS NOT NULL;

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

-- Why no tax is charged is free text, as a note is: both are erased with the customer.
CREATE TRIGGER invoices_are_frozen BEFORE UPDATE ON invoices
WHEN OLD.state = 'Approved' AND ((SELECT running FROM erasure WHERE id = 1) = 0
  OR NEW.state IS NOT OLD.state OR NEW.created_at IS NOT OLD.created_at OR NEW.invoice_number IS NOT OLD.invoice_number
  OR NEW.order_revision IS NOT OLD.order_revision OR NEW.order_fingerprint IS NOT OLD.order_fingerprint
  OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by OR NEW.decision IS NOT OLD.decision
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.due_on IS NOT OLD.due_on OR NEW.seller IS NOT OLD.seller
  OR json_remove(NEW.document, '$.customer', '$.note', '$.taxExemptionReason')
    IS NOT json_remove(OLD.document, '$.customer', '$.note', '$.taxExemptionReason'))
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

-- Decisions ------------------------------------------------------------------------------------------------------------

-- Each approval, rejection and credit note, numbered without gaps; the ledger object keeps the same rows out of reach of a
-- restore. An invoice that is reissued is a decision of the kind 'credited', too: one without a credit note and so without
-- a number, which names the replacement; its document is the order that is invoiced again.
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
  witnessed INTEGER NOT NULL DEFAULT 0 CHECK (witnessed IN (0, 1)),
  issued_on TEXT,
  due_on TEXT,
  -- In which the instant of the decision was on that day.
  time_zone TEXT,
  seller TEXT CHECK (json_valid(seller)),
  -- A digest of what an approved invoice took from its order. Ordering is notified of it, and knows by it whether an order
  -- that was amended says again what was approved. It is erased with the customer.
  content_digest TEXT
);

-- An invoice's page shows what was decided about it, however often it was rejected and waited again.
CREATE INDEX decisions_order ON decisions (order_number);

-- Whether an order's decisions are all in the ledger is asked of each invoice that is listed: mostly without a row.
CREATE INDEX decisions_unwitnessed ON decisions (order_number) WHERE witnessed = 0;

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
WHEN NEW.nr IS NOT OLD.nr OR NEW.issued_number IS NOT OLD.issued_number OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.kind IS NOT OLD.kind OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.due_on IS NOT OLD.due_on OR NEW.time_zone IS NOT OLD.time_zone
  OR NEW.seller IS NOT OLD.seller
  OR ((SELECT running FROM erasure WHERE id = 1) = 0
    AND (OLD.witnessed = 1 OR NEW.witnessed = 0 OR NEW.document IS NOT OLD.document OR NEW.reason IS NOT OLD.reason))
  OR json_remove(NEW.document, '$.customer', '$.note', '$.reason', '$.taxExemptionReason')
    IS NOT json_remove(OLD.document, '$.customer', '$.note', '$.reason', '$.taxExemptionReason')
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;

CREATE TRIGGER decisions_keep_their_digest BEFORE UPDATE OF content_digest ON decisions
WHEN NEW.content_digest IS NOT OLD.content_digest
  AND (NEW.content_digest IS NOT NULL OR (SELECT running FROM erasure WHERE id = 1) = 0)
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;

-- Decisions of the ledger that this database has refused to replay after a restore. Their numbers are assigned; their
-- invoices are not to be approved until each has been replayed.
CREATE TABLE unreplayed (
  nr INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL,
  error TEXT NOT NULL,
  since TEXT NOT NULL
);

CREATE INDEX unreplayed_invoice ON unreplayed (invoice_id);

CREATE TRIGGER unreplayed_are_counted AFTER INSERT ON unreplayed
BEGIN
  UPDATE order_pull SET unreplayed = unreplayed + 1;
END;

CREATE TRIGGER unreplayed_are_counted_off AFTER DELETE ON unreplayed
BEGIN
  UPDATE order_pull SET unreplayed = unreplayed - 1;
END;

-- Credit notes ---------------------------------------------------------------------------------------------------------

-- What corrects an approved invoice. Its id is its decision's number.
CREATE TABLE credit_notes (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL,
  credit_note_number TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL CHECK (json_valid(document)),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  replacement_id INTEGER,
  issued_on TEXT,
  seller TEXT CHECK (json_valid(seller)),
  searched TEXT NOT NULL DEFAULT ''
);

CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id);
CREATE INDEX credit_notes_issued ON credit_notes (issued_on, credit_note_number);

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
WHEN (SELECT running FROM erasure WHERE id = 1) = 0 OR NEW.id IS NOT OLD.id OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.credit_note_number IS NOT OLD.credit_note_number OR NEW.created_at IS NOT OLD.created_at
  OR NEW.created_by IS NOT OLD.created_by OR NEW.replacement_id IS NOT OLD.replacement_id
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.seller IS NOT OLD.seller
  OR json_remove(NEW.document, '$.customer', '$.reason', '$.taxExemptionReason')
    IS NOT json_remove(OLD.document, '$.customer', '$.reason', '$.taxExemptionReason')
BEGIN
  SELECT RAISE(ABORT, 'a credit note never changes');
END;

-- The approval queue ---------------------------------------------------------------------------------------------------

-- What waits for approval, by currency: how many invoices, and their total in the minor unit. Kept by triggers as
-- invoices begin and cease to wait and as their orders' copies change, so that the queue's totals are shown without
-- reading it.
CREATE TABLE queue_sums (
  currency TEXT PRIMARY KEY,
  invoices INTEGER NOT NULL,
  gross INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER queue_sums_gain_an_invoice AFTER INSERT ON invoices
WHEN NEW.state = 'ToApprove'
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT record ->> '$.currency', 1, record ->> '$.totals.gross' FROM orders
  WHERE number = NEW.order_number AND record ->> '$.currency' IS NOT NULL AND record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + 1, gross = gross + excluded.gross;
END;

CREATE TRIGGER queue_sums_follow_a_state AFTER UPDATE OF state ON invoices
WHEN (NEW.state = 'ToApprove') <> (OLD.state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT record ->> '$.currency', sign, sign * (record ->> '$.totals.gross')
  FROM orders, (SELECT iif(NEW.state = 'ToApprove', 1, -1) AS sign)
  WHERE number = NEW.order_number AND record ->> '$.currency' IS NOT NULL AND record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;

-- The plus keeps SQLite from going through all that waits. An invoice is there before its order's copy only by
-- SQL; then the copy brings it into the sums.
CREATE TRIGGER queue_sums_gain_an_order AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT NEW.record ->> '$.currency', count(*), count(*) * (NEW.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING NEW.record ->> '$.currency' IS NOT NULL AND NEW.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;

CREATE TRIGGER queue_sums_follow_an_order AFTER UPDATE OF record ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT OLD.record ->> '$.currency', -count(*), -count(*) * (OLD.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING OLD.record ->> '$.currency' IS NOT NULL AND OLD.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT NEW.record ->> '$.currency', count(*), count(*) * (NEW.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING NEW.record ->> '$.currency' IS NOT NULL AND NEW.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;

-- Approved invoices whose orders have changed --------------------------------------------------------------------------

-- How approved invoices compare with their orders as they are now. `changed`: the order says something else that the
-- invoice shows; an order that was amended and says again what was approved has not changed, and nor has one whose
-- customer was erased, in what is left. `open` is the worklist: what is left of an invoice, its credit notes taken off, is
-- not what its order says now. An order without the line that was credited matches what is left, and one that was deleted
-- matches an invoice that is fully credited. Invoiced: A, B, C; credited: C; the order now: A, B: changed, and not open. An
-- order that only an orphan's copy still has is not the worklist's: it is restored from the sync page.
CREATE VIEW approved_against_orders AS
SELECT invoice_id, order_number, facts_changed OR lines IS NOT order_lines OR charges IS NOT order_charges AS changed,
  deleted,
  json_array_length(lines_left) + json_array_length(charges_left) > 0
    AND (deleted OR facts_changed OR lines_left IS NOT order_lines OR charges_left IS NOT order_charges) AS open
FROM (
  SELECT i.id AS invoice_id, i.order_number, o.deleted,
    iif(o.record ->> '$.customer.id' = 'erased',
      json_extract(o.record, '$.currency', '$.suppliedOn') IS NOT json_extract(i.document, '$.currency', '$.suppliedOn'),
      json_extract(o.record, '$.currency', '$.customer', '$.note', '$.suppliedOn', '$.taxExemptionReason')
        IS NOT json_extract(i.document, '$.currency', '$.customer', '$.note', '$.suppliedOn', '$.taxExemptionReason')
    ) AS facts_changed,
    json_extract(i.document, '$.lines') AS lines,
    json_extract(i.document, '$.charges') AS charges,
    json_extract(o.record, '$.lines') AS order_lines,
    json_extract(o.record, '$.charges') AS order_charges,
    (SELECT json_group_array(json(value) ORDER BY key) FROM json_each(i.document, '$.lines') WHERE key NOT IN (
      SELECT p.value FROM credit_notes n, json_each(n.document, '$.linePositions') p WHERE n.invoice_id = i.id
    )) AS lines_left,
    (SELECT json_group_array(json(value) ORDER BY key) FROM json_each(i.document, '$.charges') WHERE key NOT IN (
      SELECT p.value FROM credit_notes n, json_each(n.document, '$.chargePositions') p WHERE n.invoice_id = i.id
    )) AS charges_left
  FROM invoices i JOIN orders o ON o.number = i.order_number
  WHERE +i.state = 'Approved'
);

-- The approved invoices whose orders were changed or deleted since. Kept by triggers as copies change and invoices are
-- approved and credited, so that they are found, and counted, without comparing every invoice with its order.
CREATE TABLE mismatches (
  invoice_id INTEGER PRIMARY KEY,
  -- 0: the order was deleted, and says what was approved otherwise.
  changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
  open INTEGER NOT NULL CHECK (open IN (0, 1))
);

CREATE INDEX mismatches_open ON mismatches (invoice_id) WHERE open = 1;

CREATE TRIGGER mismatches_follow_an_order AFTER UPDATE OF record, deleted, fingerprint ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'Approved')
BEGIN
  DELETE FROM mismatches WHERE invoice_id IN (SELECT id FROM invoices WHERE order_number = NEW.number);
  INSERT INTO mismatches (invoice_id, changed, open)
  SELECT invoice_id, changed, open FROM approved_against_orders
  WHERE order_number = NEW.number AND (changed OR deleted);
END;

-- A ledger may bring an approval back before a pull brings its order.
CREATE TRIGGER mismatches_gain_an_order AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'Approved')
BEGIN
  INSERT INTO mismatches (invoice_id, changed, open)
  SELECT invoice_id, changed, open FROM approved_against_orders
  WHERE order_number = NEW.number AND (changed OR deleted);
END;

CREATE TRIGGER mismatches_gain_an_approval AFTER UPDATE OF state ON invoices
WHEN NEW.state = 'Approved' AND OLD.state <> 'Approved' AND EXISTS (
  SELECT 1 FROM orders
  WHERE number = NEW.order_number AND (deleted = 1 OR fingerprint IS NOT NEW.order_fingerprint))
BEGIN
  INSERT INTO mismatches (invoice_id, changed, open)
  SELECT invoice_id, changed, open FROM approved_against_orders WHERE invoice_id = NEW.id AND (changed OR deleted);
END;

CREATE TRIGGER mismatches_follow_a_credit_note AFTER INSERT ON credit_notes
WHEN EXISTS (SELECT 1 FROM mismatches WHERE invoice_id = NEW.invoice_id)
BEGIN
  UPDATE mismatches SET open = (SELECT open FROM approved_against_orders WHERE invoice_id = NEW.invoice_id)
  WHERE invoice_id = NEW.invoice_id;
END;

-- How long the worklist is, so that a page shows it without reading it.
CREATE TABLE worklist (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  mismatched INTEGER NOT NULL
);

INSERT INTO worklist (id, mismatched) VALUES (1, 0);

CREATE TRIGGER worklist_is_kept BEFORE DELETE ON worklist
BEGIN
  SELECT RAISE(ABORT, 'the row of the worklist is never deleted');
END;

CREATE TRIGGER worklist_gains_a_mismatch AFTER INSERT ON mismatches
WHEN NEW.open = 1
BEGIN
  UPDATE worklist SET mismatched = mismatched + 1 WHERE id = 1;
END;

CREATE TRIGGER worklist_loses_a_mismatch AFTER DELETE ON mismatches
WHEN OLD.open = 1
BEGIN
  UPDATE worklist SET mismatched = mismatched - 1 WHERE id = 1;
END;

CREATE TRIGGER worklist_follows_a_mismatch AFTER UPDATE OF open ON mismatches
WHEN NEW.open <> OLD.open
BEGIN
  UPDATE worklist SET mismatched = mismatched + NEW.open - OLD.open WHERE id = 1;
END;

-- Search ---------------------------------------------------------------------------------------------------------------

-- Terms, each leading to the invoices that have it, by id, so that a page of a search reads no others:
--   KOR, 10248     three letters of a word in a row, or five digits, as in ordering's order_terms
--   #2026-0        the beginning of its number, from three characters on
--   =20038         its amount in the minor unit
-- A word ends at a space, a line break or a mark of ASCII, and a search is taken apart in the same way.
CREATE TABLE invoice_terms (
  term TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  PRIMARY KEY (term, invoice_id)
) WITHOUT ROWID;

-- The same of credit notes, which have the beginnings of the corrected invoice's number as well.
CREATE TABLE credit_note_terms (
  term TEXT NOT NULL,
  credit_note_id INTEGER NOT NULL,
  PRIMARY KEY (term, credit_note_id)
) WITHOUT ROWID;

-- A replacement that the ledger has brought back before its order has what it replaces has.
CREATE TRIGGER invoices_are_searched AFTER INSERT ON invoices
WHEN NEW.searched = '' AND NEW.state <> 'Approved'
BEGIN
  UPDATE invoices SET (searched, currency, gross) = (
    SELECT searched, record ->> '$.currency', record ->> '$.totals.gross' FROM orders WHERE number = NEW.order_number
    UNION ALL SELECT searched, currency, gross FROM invoices WHERE id = NEW.replaces
    LIMIT 1
  )
  WHERE id = NEW.id AND EXISTS (
    SELECT 1 FROM orders WHERE number = NEW.order_number UNION ALL SELECT 1 FROM invoices WHERE id = NEW.replaces
  );
END;

-- An invoice is there before its order's copy where the ledger has brought it back. The plus keeps SQLite from going
-- through all invoices of the other states.
CREATE TRIGGER invoices_are_searched_with_their_order AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state <> 'Approved')
BEGIN
  UPDATE invoices SET searched = NEW.searched, currency = NEW.record ->> '$.currency',
    gross = NEW.record ->> '$.totals.gross'
  WHERE order_number = NEW.number AND +state <> 'Approved';
END;

CREATE TRIGGER invoices_are_searched_as_their_order AFTER UPDATE OF searched, record ON orders
WHEN NEW.searched IS NOT OLD.searched OR NEW.record ->> '$.totals.gross' IS NOT OLD.record ->> '$.totals.gross'
  OR NEW.record ->> '$.currency' IS NOT OLD.record ->> '$.currency'
BEGIN
  UPDATE invoices SET searched = NEW.searched, currency = NEW.record ->> '$.currency',
    gross = NEW.record ->> '$.totals.gross'
  WHERE order_number = NEW.number AND +state <> 'Approved';
END;

CREATE TRIGGER invoice_terms_follow_a_text AFTER UPDATE OF searched ON invoices
WHEN NEW.searched IS NOT OLD.searched
BEGIN
  DELETE FROM invoice_terms WHERE invoice_id = OLD.id AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
END;

CREATE TRIGGER invoice_terms_follow_an_amount AFTER UPDATE OF gross ON invoices
WHEN NEW.gross IS NOT OLD.gross
BEGIN
  DELETE FROM invoice_terms WHERE invoice_id = OLD.id AND term = '=' || OLD.gross;
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id) SELECT '=' || NEW.gross, NEW.id WHERE NEW.gross IS NOT NULL;
END;

-- A number is assigned once and is kept.
CREATE TRIGGER invoice_terms_gain_a_number AFTER UPDATE OF invoice_number ON invoices
WHEN NEW.invoice_number IS NOT OLD.invoice_number AND NEW.invoice_number IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id)
  SELECT '#' || beginning, NEW.id FROM (
    WITH RECURSIVE beginnings (beginning) AS (
      SELECT NEW.invoice_number UNION ALL SELECT substr(beginning, 1, length(beginning) - 1) FROM beginnings
      WHERE length(beginning) > 3
    )
    SELECT beginning FROM beginnings
  );
END;

CREATE TRIGGER credit_note_terms_gain_a_credit_note AFTER INSERT ON credit_notes
BEGIN
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT '#' || beginning, NEW.id FROM (
    WITH RECURSIVE beginnings (beginning) AS (
      SELECT NEW.credit_note_number
      UNION ALL SELECT NEW.document ->> '$.invoiceNumber'
      UNION ALL SELECT substr(beginning, 1, length(beginning) - 1) FROM beginnings WHERE length(beginning) > 3
    )
    SELECT beginning FROM beginnings WHERE beginning IS NOT NULL
  );
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT '=' || (NEW.document ->> '$.gross'), NEW.id WHERE NEW.document ->> '$.gross' IS NOT NULL;
END;

-- Only an erasure changes what a credit note is found by.
CREATE TRIGGER credit_note_terms_follow_a_text AFTER UPDATE OF searched ON credit_notes
WHEN NEW.searched IS NOT OLD.searched
BEGIN
  DELETE FROM credit_note_terms WHERE credit_note_id = OLD.id AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
END;

-- Bounds ---------------------------------------------------------------------------------------------------------------

-- No number can be brought to where what counts on from it would end: see ordering's migration.
CREATE TRIGGER orders_are_within_bounds AFTER INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE NEW.fingerprint IS NOT NULL
    AND (typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775);
END;

CREATE TRIGGER orders_stay_within_bounds BEFORE UPDATE OF fingerprint ON orders
WHEN NEW.fingerprint IS NOT NULL
  AND (typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775)
BEGIN
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40');
END;

-- Any other invoice with an id of this form would be where a replacement belongs.
CREATE TRIGGER invoices_have_ids_of_their_orders AFTER INSERT ON invoices
WHEN NEW.id % 1000000000000 <> NEW.order_number OR NEW.replaces <> max(0, NEW.id - 1000000000000)
  OR (NEW.replaces <> 0 AND NOT EXISTS (SELECT 1 FROM invoices WHERE id = NEW.replaces))
BEGIN
  SELECT RAISE(ABORT, 'the id of an invoice is its order''s number, in steps of 1000000000000 where it replaces one');
END;

CREATE TRIGGER invoice_series_are_within_bounds AFTER INSERT ON invoice_series
WHEN typeof(NEW.highest) <> 'integer' OR NEW.highest > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the highest invoice number is at most 1000000000000');
END;

CREATE TRIGGER invoice_series_stay_within_bounds BEFORE UPDATE OF highest ON invoice_series
WHEN typeof(NEW.highest) <> 'integer' OR NEW.highest > max(OLD.highest + 1000000, 1000000000000)
BEGIN
  SELECT RAISE(ABORT, 'the highest invoice number rises by ones');
END;

-- The ledger takes over what D1 has: a gap would be in it for good.
CREATE TRIGGER decisions_have_no_gaps BEFORE INSERT ON decisions
WHEN NEW.nr IS NOT 1 + (SELECT coalesce(max(nr), 0) FROM decisions)
BEGIN
  SELECT RAISE(ABORT, 'decisions are numbered without gaps');
END;

CREATE TRIGGER outbox_is_within_bounds AFTER INSERT ON outbox
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > 10000000000000
BEGIN
  SELECT RAISE(ABORT, 'a version is at most 10000000000000');
END;

CREATE TRIGGER outbox_stays_within_bounds BEFORE UPDATE OF version ON outbox
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > max(OLD.version + 1000000, 10000000000000)
BEGIN
  SELECT RAISE(ABORT, 'a version rises by ones');
END;

-- One that is not named is -1 here.
CREATE TRIGGER epochs_are_within_bounds BEFORE INSERT ON epochs
WHEN NEW.nr > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the number of an epoch is at most 1000000000000');
END;

-- The audit ------------------------------------------------------------------------------------------------------------

-- Who did what, when, and by which request. No personal data of customers is in it: fields are named by JSON Pointer,
-- with states, numbers and tokens. The table is as ordering's.
CREATE TABLE audit (
  nr INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  act TEXT NOT NULL,
  order_number INTEGER,
  revision INTEGER,
  request_id TEXT NOT NULL,
  before TEXT CHECK (json_valid(before)),
  after TEXT CHECK (json_valid(after))
);

CREATE INDEX audit_order ON audit (order_number);

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
BEGIN
  SELECT RAISE(ABORT, 'an entry of the audit with this number exists')
  WHERE EXISTS (SELECT 1 FROM audit WHERE nr = NEW.nr);
END;

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit never changes');
END;

CREATE TRIGGER audit_is_within_bounds BEFORE INSERT ON audit
WHEN NEW.nr > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the number of an entry is at most 1000000000000');
END;

-- A decision is audited wherever it comes from: made by a person, or replayed from the ledger after a restore that
-- has lost the audit's end as well. Its id is that of the request that made it.
CREATE TRIGGER decisions_are_audited AFTER INSERT ON decisions
BEGIN
  INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
  VALUES (NEW.decided_at, NEW.decided_by,
    iif(NEW.kind = 'credited' AND NEW.issued_number IS NULL, 'reissued', NEW.kind),
    NEW.order_number, NEW.order_revision, NEW.decision_id,
    json_object('/state', iif(NEW.kind = 'credited', 'Approved', 'ToApprove')),
    iif(NEW.kind = 'rejected', json_object('/state', 'Rejected'),
      iif(NEW.issued_number IS NULL, json_object('/state', 'Approved', '/replacedBy', NEW.replacement_id),
        json_object('/state', 'Approved',
          iif(NEW.kind = 'credited', '/creditNoteNumber', '/invoiceNumber'), NEW.issued_number))));
END;
