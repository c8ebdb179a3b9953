-- Orders ---------------------------------------------------------------------------------------------------------------

-- An order is one row, and a write of it one INSERT or UPDATE: that is what makes it one revision. `customer`, `lines` and
-- `charges` are JSON, in the members in which the order is published; JSON carries decimals of three places exactly.
CREATE TABLE orders (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  state TEXT NOT NULL DEFAULT 'Draft' CHECK (state IN ('Draft', 'Confirmed', 'Deleted')),
  revision INTEGER NOT NULL DEFAULT 0,
  confirmed_sequence_nr INTEGER NOT NULL DEFAULT -1,
  fingerprint INTEGER NOT NULL DEFAULT (random() & 1099511627775),
  external_id TEXT UNIQUE,
  placed_at TEXT NOT NULL,
  confirmed_at TEXT,
  confirmed_by TEXT,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  currency TEXT NOT NULL,
  customer TEXT NOT NULL CHECK (json_valid(customer)),
  lines TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(lines)),
  charges TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(charges)),
  supplied_on TEXT,
  tax_exemption_reason TEXT,
  note TEXT,
  -- The name and the external id as they are searched, and what names are sorted by: letters without marks, then as they
  -- are written. fold_stale: SQL has written the row, and it is yet to be folded by the app; until then it is sorted and
  -- found by what is there.
  customer_name_folded TEXT NOT NULL,
  external_id_folded TEXT,
  customer_sort_key TEXT NOT NULL DEFAULT '',
  fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1)),
  -- Digests of the line that was imported last and of the content it had; NULL for an order that was entered here.
  imported_line TEXT,
  imported_content TEXT,
  -- Who entered the order; NULL for one that SQL made or that billing restored. A clerk deletes only their own drafts.
  entered_by TEXT
);

-- The lines, a row each, for whoever reports by SQL. They are changed in orders.lines.
CREATE VIEW order_lines AS
SELECT o.number AS order_number, l.key AS position, l.value ->> '$.sku' AS sku,
  l.value ->> '$.description' AS description, l.value ->> '$.quantity' AS quantity,
  l.value ->> '$.unitPrice' AS unit_price, l.value ->> '$.discountPercent' AS discount_percent,
  l.value ->> '$.taxPercent' AS tax_percent
FROM orders o, json_each(o.lines) l;

CREATE TRIGGER orders_stay_confirmed BEFORE UPDATE OF state ON orders
WHEN NEW.state = 'Draft' AND OLD.confirmed_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'an order that was confirmed does not become a draft again');
END;

-- The customers whom an order named before it went to another one: what is kept of the order's past tells of them, too.
CREATE TABLE former_customers (
  customer_id TEXT NOT NULL,
  order_number INTEGER NOT NULL,
  PRIMARY KEY (customer_id, order_number)
) WITHOUT ROWID;

CREATE TRIGGER orders_remember_their_customer AFTER UPDATE OF customer ON orders
WHEN OLD.customer ->> 'id' IS NOT NEW.customer ->> 'id' AND OLD.customer ->> 'id' IS NOT NULL
  AND OLD.customer ->> 'id' <> 'erased'
BEGIN
  INSERT INTO former_customers (customer_id, order_number) VALUES (OLD.customer ->> 'id', OLD.number)
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER orders_go_stale AFTER UPDATE OF customer, external_id ON orders
WHEN NEW.fold_stale = 0 AND (
  NEW.customer ->> 'name' IS NOT OLD.customer ->> 'name' AND NEW.customer_sort_key IS OLD.customer_sort_key
    OR NEW.external_id IS NOT OLD.external_id AND NEW.external_id_folded IS OLD.external_id_folded
)
BEGIN
  UPDATE orders SET fold_stale = 1 WHERE number = NEW.number;
END;

CREATE INDEX orders_fold_stale ON orders (number) WHERE fold_stale = 1;

-- The feed -------------------------------------------------------------------------------------------------------------

-- As shared/handover/publisher/migration.ts makes it of the feed's definition, workers/ordering/feed/order-feed.ts; a
-- test compares them. SQLite removes the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE
-- trigger, so every unique column is guarded before the write. No number can be brought to where what counts on from it would
-- end: an order's is below 10^12, since the ids of invoices that replace others are made of steps of that.
CREATE INDEX orders_feed ON orders (confirmed_sequence_nr, confirmed_at);

-- One row: the history of the feed. `highest` is the highest sequence number ever assigned and never falls, whatever
-- happens to the record that holds it. Numbering goes round the waiting records and continues after the one it took last.
CREATE TABLE feed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  highest INTEGER NOT NULL DEFAULT 0,
  last_confirmed_at TEXT NOT NULL DEFAULT '',
  last_number INTEGER NOT NULL DEFAULT 0,
  numbering INTEGER NOT NULL DEFAULT 0 CHECK (numbering IN (0, 1))
);

INSERT INTO feed (id, epoch) VALUES (1, lower(hex(randomblob(8))));

CREATE TRIGGER feed_is_kept BEFORE DELETE ON feed
BEGIN
  SELECT RAISE(ABORT, 'the row of the feed of orders is never deleted');
END;

CREATE TRIGGER feed_never_falls BEFORE UPDATE OF highest ON feed
WHEN NEW.highest < OLD.highest
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number never falls');
END;

CREATE TRIGGER feed_stays_within_bounds BEFORE UPDATE OF highest ON feed
WHEN typeof(NEW.highest) <> 'integer' OR NEW.highest > max(OLD.highest + 1000000, 1000000000000)
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number rises by ones');
END;

-- Count and sum of fingerprints of the published records, by ranges of 256 keys.
CREATE TABLE order_ranges (
  range INTEGER PRIMARY KEY,
  orders INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
BEGIN
  SELECT RAISE(ABORT, 'orders are never deleted: mark them as deleted');
END;

CREATE TRIGGER orders_are_not_replaced BEFORE INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'another order has this number')
  WHERE EXISTS (SELECT 1 FROM orders WHERE number = NEW.number);
  SELECT RAISE(ABORT, 'another order has this external_id')
  WHERE EXISTS (SELECT 1 FROM orders WHERE external_id = NEW.external_id);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER orders_keep_their_number BEFORE UPDATE ON orders
WHEN NEW.number IS NOT OLD.number
BEGIN
  SELECT RAISE(ABORT, 'orders keep their number');
END;

CREATE TRIGGER orders_do_not_share_external_id BEFORE UPDATE OF external_id ON orders
BEGIN
  SELECT RAISE(ABORT, 'another order has this external_id')
  WHERE EXISTS (SELECT 1 FROM orders WHERE external_id = NEW.external_id AND number <> NEW.number);
END;

CREATE TRIGGER orders_are_numbered_by_the_feed BEFORE UPDATE OF confirmed_sequence_nr ON orders
WHEN NEW.confirmed_sequence_nr IS NOT -1 AND NEW.confirmed_sequence_nr IS NOT OLD.confirmed_sequence_nr
BEGIN
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE NOT (
    SELECT numbering = 1 AND typeof(NEW.confirmed_sequence_nr) = 'integer'
      AND NEW.confirmed_sequence_nr BETWEEN highest + 1 AND highest + 1000000
    FROM feed WHERE id = 1
  );
END;

CREATE TRIGGER orders_are_within_bounds AFTER INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'the number is an integer from 1 to 999999999999') WHERE NEW.number NOT BETWEEN 1 AND 999999999999;
  SELECT RAISE(ABORT, 'a revision is an integer from 0 to 1000000000000')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision NOT BETWEEN 0 AND 1000000000000;
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone') WHERE NEW.confirmed_sequence_nr IS NOT -1;
END;

CREATE TRIGGER orders_stay_within_bounds BEFORE UPDATE OF revision, fingerprint ON orders
BEGIN
  SELECT RAISE(ABORT, 'a revision rises by ones')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision > max(OLD.revision + 1000000, 1000000000000);
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
END;

-- Any change is a new revision with a new fingerprint, and waits to be numbered.
CREATE TRIGGER orders_are_revised AFTER UPDATE OF
  state,
  revision,
  fingerprint,
  external_id,
  placed_at,
  confirmed_at,
  confirmed_by,
  updated_at,
  updated_by,
  currency,
  customer,
  lines,
  charges,
  supplied_on,
  tax_exemption_reason,
  note
ON orders
BEGIN
  UPDATE orders SET
    revision = max(OLD.revision + 1, NEW.revision),
    fingerprint = random() & 1099511627775,
    confirmed_sequence_nr = -1,
    confirmed_at = coalesce(NEW.confirmed_at, OLD.confirmed_at, iif(NEW.state = 'Confirmed', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)),
    updated_at = NEW.updated_at,
    confirmed_by = coalesce(NEW.confirmed_by, OLD.confirmed_by, iif(NEW.state = 'Confirmed', 'sql', NULL))
  WHERE number = NEW.number;
END;

CREATE TRIGGER orders_start_at_their_first_revision AFTER INSERT ON orders
BEGIN
  UPDATE orders SET revision = NEW.revision WHERE number = NEW.number;
END;

CREATE TRIGGER order_ranges_gain_the_order AFTER UPDATE OF confirmed_at ON orders
WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints) VALUES (NEW.number / 256, 1, NEW.fingerprint)
  ON CONFLICT (range) DO UPDATE SET orders = orders + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER order_ranges_gain_an_inserted_order AFTER INSERT ON orders
WHEN NEW.confirmed_at IS NOT NULL
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints) VALUES (NEW.number / 256, 1, NEW.fingerprint)
  ON CONFLICT (range) DO UPDATE SET orders = orders + 1, fingerprints = fingerprints + excluded.fingerprints;
END;

CREATE TRIGGER order_ranges_lose_the_order AFTER UPDATE OF confirmed_at ON orders
WHEN OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS NULL
BEGIN
  UPDATE order_ranges SET orders = orders - 1, fingerprints = fingerprints - NEW.fingerprint
  WHERE range = NEW.number / 256;
END;

CREATE TRIGGER order_ranges_follow_a_fingerprint AFTER UPDATE OF fingerprint ON orders
WHEN OLD.confirmed_at IS NOT NULL
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints)
  VALUES (NEW.number / 256, 0, NEW.fingerprint - OLD.fingerprint)
  ON CONFLICT (range) DO UPDATE SET fingerprints = fingerprints + excluded.fingerprints;
END;

-- The list of orders ---------------------------------------------------------------------------------------------------

-- For the list's sorting, its filter by customer, by currency, and by state: a list of one reads no orders of another. The
-- lists spell these conditions just so.
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_customer_sorted ON orders (customer_sort_key);
CREATE INDEX orders_customer_id ON orders (customer ->> 'id');
CREATE INDEX orders_currency ON orders (currency);
CREATE INDEX orders_drafts ON orders (number) WHERE state = 'Draft';
CREATE INDEX orders_confirmed ON orders (number) WHERE state = 'Confirmed';

-- How many orders are in each state: a list of all, or of one state, does not count them.
CREATE TABLE order_counts (
  state TEXT PRIMARY KEY,
  orders INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER order_counts_gain_an_order AFTER INSERT ON orders
BEGIN
  INSERT INTO order_counts (state, orders) VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET orders = orders + 1;
END;

CREATE TRIGGER order_counts_follow_a_state AFTER UPDATE OF state ON orders
WHEN NEW.state IS NOT OLD.state
BEGIN
  UPDATE order_counts SET orders = orders - 1 WHERE state = OLD.state;
  INSERT INTO order_counts (state, orders) VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET orders = orders + 1;
END;

-- What a search finds orders by: each 3 letters in a row of a word of the customer's name or the external id, as they are
-- folded, and each 5 digits, since 3 of them tell too little. A word ends at a space or a mark of ASCII, and a search is
-- taken apart in the same way. An ordinary table and no FTS5: a database that is put back table by table has it as it was.
CREATE TABLE order_terms (
  term TEXT NOT NULL,
  order_number INTEGER NOT NULL,
  PRIMARY KEY (term, order_number)
) WITHOUT ROWID;

CREATE TRIGGER order_terms_gain_an_order AFTER INSERT ON orders
BEGIN
  INSERT OR IGNORE INTO order_terms (term, order_number)
  SELECT term, NEW.number FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.customer_name_folded || ' ' || coalesce(NEW.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~]*';
END;

CREATE TRIGGER order_terms_follow_an_order AFTER UPDATE OF customer_name_folded, external_id_folded ON orders
WHEN NEW.customer_name_folded IS NOT OLD.customer_name_folded OR NEW.external_id_folded IS NOT OLD.external_id_folded
BEGIN
  DELETE FROM order_terms WHERE order_number = OLD.number AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.customer_name_folded || ' ' || coalesce(OLD.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO order_terms (term, order_number)
  SELECT term, NEW.number FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.customer_name_folded || ' ' || coalesce(NEW.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~]*';
END;

-- Requests that must act once ------------------------------------------------------------------------------------------

-- A key stands for one request of one person for 24 hours.
CREATE TABLE idempotency_keys (
  created_by TEXT NOT NULL,
  key TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  order_number INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (created_by, key)
) WITHOUT ROWID;

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- The catalogue --------------------------------------------------------------------------------------------------------

-- Names and descriptions are folded as those of orders are.
CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  record TEXT NOT NULL CHECK (json_valid(record)),
  folded TEXT NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '',
  fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1))
) WITHOUT ROWID;

CREATE INDEX customers_sorted ON customers (sort_key);
CREATE INDEX customers_fold_stale ON customers (id) WHERE fold_stale = 1;

CREATE TRIGGER customers_go_stale AFTER UPDATE OF record ON customers
WHEN NEW.fold_stale = 0 AND NEW.record ->> 'name' IS NOT OLD.record ->> 'name' AND NEW.sort_key IS OLD.sort_key
BEGIN
  UPDATE customers SET fold_stale = 1 WHERE id = NEW.id;
END;

CREATE TABLE products (
  sku TEXT PRIMARY KEY,
  record TEXT NOT NULL CHECK (json_valid(record)),
  folded TEXT NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '',
  fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1))
) WITHOUT ROWID;

CREATE INDEX products_sorted ON products (sort_key);
CREATE INDEX products_fold_stale ON products (sku) WHERE fold_stale = 1;

CREATE TRIGGER products_go_stale AFTER UPDATE OF record ON products
WHEN NEW.fold_stale = 0 AND NEW.record ->> 'description' IS NOT OLD.record ->> 'description'
  AND NEW.sort_key IS OLD.sort_key
BEGIN
  UPDATE products SET fold_stale = 1 WHERE sku = NEW.sku;
END;

-- What billing reports -------------------------------------------------------------------------------------------------

-- What billing has notified ordering of about an order: approved, rejected, quarantined, released. Apart from the orders,
-- since a notice is no change of the order: it would send the order to billing again.
CREATE TABLE billing_notices (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  order_number INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (json_valid(notice)),
  received_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX billing_notices_order ON billing_notices (order_number);

-- The worklist of what billing has rejected.
CREATE INDEX billing_notices_rejected ON billing_notices (order_number) WHERE notice ->> 'kind' = 'rejected';

CREATE TRIGGER billing_notices_are_within_bounds AFTER INSERT ON billing_notices
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > 10000000000000
BEGIN
  SELECT RAISE(ABORT, 'a version is at most 10000000000000');
END;

CREATE TRIGGER billing_notices_stay_within_bounds BEFORE UPDATE OF version ON billing_notices
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > max(OLD.version + 1000000, 10000000000000)
BEGIN
  SELECT RAISE(ABORT, 'a version rises by ones');
END;

-- The audit ------------------------------------------------------------------------------------------------------------

-- Who did what, when, and by which request. `before` and `after` name fields by JSON Pointer; what somebody wrote is kept
-- as a fingerprint salted with `salt`, so that no personal data is here. Without its salt a fingerprint says nothing any
-- more: that is all that erasing a customer changes here.
CREATE TABLE audit (
  nr INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  act TEXT NOT NULL,
  order_number INTEGER,
  revision INTEGER,
  request_id TEXT NOT NULL,
  before TEXT CHECK (json_valid(before)),
  after TEXT CHECK (json_valid(after)),
  salt TEXT
);

CREATE INDEX audit_order ON audit (order_number);

-- An order's page reads the newest entries alone, and yet says who confirmed the order: the entry that tells it is found
-- here, however many there are.
CREATE INDEX audit_confirming ON audit (order_number) WHERE after ->> '/state' = 'Confirmed';

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
BEGIN
  SELECT RAISE(ABORT, 'an entry of the audit with this number exists')
  WHERE EXISTS (SELECT 1 FROM audit WHERE nr = NEW.nr);
END;

-- A trigger on columns would not see `UPDATE audit SET rowid = …`, so all updates are looked at.
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
WHEN NEW.salt IS NOT NULL OR NEW.nr IS NOT OLD.nr OR NEW.at IS NOT OLD.at OR NEW.by IS NOT OLD.by
  OR NEW.act IS NOT OLD.act OR NEW.order_number IS NOT OLD.order_number OR NEW.revision IS NOT OLD.revision
  OR NEW.request_id IS NOT OLD.request_id OR NEW.before IS NOT OLD.before OR NEW.after IS NOT OLD.after
BEGIN
  SELECT RAISE(ABORT, 'the audit never changes');
END;

-- One that is not named is -1 here.
CREATE TRIGGER audit_is_within_bounds BEFORE INSERT ON audit
WHEN NEW.nr > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the number of an entry is at most 1000000000000');
END;

-- The records of the catalogue that an import made or changed, the first of them: `fields` names by JSON Pointer those that
-- changed, NULL for a record that is new. A customer's id may be a name itself: once they are erased it goes, and nothing
-- else.
CREATE TABLE audited_records (
  audit_nr INTEGER NOT NULL,
  place INTEGER NOT NULL,
  catalogue TEXT NOT NULL CHECK (catalogue IN ('customers', 'products')),
  record_id TEXT,
  fields TEXT CHECK (json_valid(fields)),
  PRIMARY KEY (audit_nr, place)
) WITHOUT ROWID;

CREATE INDEX audited_records_customer ON audited_records (record_id) WHERE catalogue = 'customers';

CREATE TRIGGER audited_records_are_kept BEFORE DELETE ON audited_records
BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;

CREATE TRIGGER audited_records_are_not_replaced BEFORE INSERT ON audited_records
BEGIN
  SELECT RAISE(ABORT, 'this record of the audit exists')
  WHERE EXISTS (SELECT 1 FROM audited_records WHERE audit_nr = NEW.audit_nr AND place = NEW.place);
END;

CREATE TRIGGER audited_records_never_change BEFORE UPDATE ON audited_records
WHEN OLD.catalogue <> 'customers' OR NEW.record_id IS NOT NULL OR NEW.audit_nr IS NOT OLD.audit_nr
  OR NEW.place IS NOT OLD.place OR NEW.catalogue IS NOT OLD.catalogue OR NEW.fields IS NOT OLD.fields
BEGIN
  SELECT RAISE(ABORT, 'the audit never changes');
END;

-- Erased customers -----------------------------------------------------------------------------------------------------

-- What keyed digests are made with. Who has a digest and not this key cannot try out what it stands for, however few
-- values it may stand for: an order's customer, the text of an imported line.
CREATE TABLE digest_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key TEXT NOT NULL
);

INSERT INTO digest_key (id, key) VALUES (1, lower(hex(randomblob(32))));

CREATE TRIGGER digest_key_is_kept BEFORE DELETE ON digest_key
BEGIN
  SELECT RAISE(ABORT, 'the key of the digests is never deleted');
END;

-- The customers who were erased, by the keyed digest of their id, which may be a name itself: whatever stores an order or a
-- customer asks here, so that nothing brings them back.
CREATE TABLE erased_customers (
  digest TEXT PRIMARY KEY,
  erased_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER erased_customers_are_kept BEFORE DELETE ON erased_customers
BEGIN
  SELECT RAISE(ABORT, 'that a customer was erased is never forgotten');
END;
