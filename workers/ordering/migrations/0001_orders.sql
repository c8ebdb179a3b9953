-- One row: the history of the feed. `highest` is the highest sequence number ever given and never falls, whatever
-- becomes of the order that holds it. Numbering goes round the waiting orders by (confirmed_at, number) and goes on
-- after the one it took last.
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
  SELECT RAISE(ABORT, 'the feed row is never deleted');
END;

CREATE TRIGGER feed_never_falls BEFORE UPDATE OF highest ON feed
WHEN NEW.highest < OLD.highest
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number never falls');
END;

-- being_written is 1 only inside the batch that writes an order with its lines; that batch sets it back to 0 last,
-- and that is what makes the one new revision.
CREATE TABLE orders (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  state TEXT NOT NULL DEFAULT 'Draft' CHECK (state IN ('Draft', 'Confirmed', 'Deleted')),
  revision INTEGER NOT NULL DEFAULT 0,
  confirmed_sequence_nr INTEGER NOT NULL DEFAULT -1,
  fingerprint INTEGER NOT NULL DEFAULT (random() & 1099511627775),
  being_written INTEGER NOT NULL DEFAULT 0 CHECK (being_written IN (0, 1)),
  external_id TEXT UNIQUE,
  placed_at TEXT NOT NULL,
  confirmed_at TEXT,
  confirmed_by TEXT,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  currency TEXT NOT NULL,
  customer TEXT NOT NULL CHECK (json_valid(customer)),
  charges TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(charges)),
  note TEXT,
  customer_name_folded TEXT NOT NULL,
  external_id_folded TEXT,
  -- Digests of the line that was imported last and of the content it had; null for an order that was entered here.
  imported_line TEXT,
  imported_content TEXT
);

-- Plain on purpose: with a partial index an idle pull walks the whole table.
CREATE INDEX orders_feed ON orders (confirmed_sequence_nr, confirmed_at);

-- Quantities in thousandths, percentages in hundredths: integers survive SQL's arithmetic and JSON exactly.
CREATE TABLE order_lines (
  order_number INTEGER NOT NULL REFERENCES orders (number),
  position INTEGER NOT NULL,
  sku TEXT NOT NULL,
  description TEXT NOT NULL,
  quantity_thousandths INTEGER NOT NULL,
  unit_price INTEGER NOT NULL,
  discount_hundredths INTEGER NOT NULL DEFAULT 0,
  tax_hundredths INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (order_number, position)
) WITHOUT ROWID;

-- Count and sum of fingerprints of the orders that were ever confirmed, by ranges of 256 numbers.
CREATE TABLE order_ranges (
  range INTEGER PRIMARY KEY,
  orders INTEGER NOT NULL,
  fingerprints INTEGER NOT NULL
);

-- Guards. SQLite removes the row that INSERT OR REPLACE and UPDATE OR REPLACE collide with without its DELETE trigger,
-- so every unique column is guarded before the write.
CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
BEGIN
  SELECT RAISE(ABORT, 'an order is never deleted: set its state to Deleted');
END;

CREATE TRIGGER orders_are_not_replaced BEFORE INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'an order with this number exists')
  WHERE EXISTS (SELECT 1 FROM orders WHERE number = NEW.number);
  SELECT RAISE(ABORT, 'an order with this external_id exists')
  WHERE EXISTS (SELECT 1 FROM orders WHERE external_id = NEW.external_id);
END;

-- Without a column list: SQLite compares it by name, and `SET rowid` would pass.
CREATE TRIGGER orders_keep_their_number BEFORE UPDATE ON orders
WHEN NEW.number IS NOT OLD.number
BEGIN
  SELECT RAISE(ABORT, 'an order keeps its number');
END;

CREATE TRIGGER orders_do_not_share_external_ids BEFORE UPDATE OF external_id ON orders
WHEN NEW.external_id IS NOT OLD.external_id
BEGIN
  SELECT RAISE(ABORT, 'an order with this external_id exists')
  WHERE EXISTS (SELECT 1 FROM orders WHERE external_id = NEW.external_id AND number <> NEW.number);
END;

CREATE TRIGGER orders_stay_confirmed BEFORE UPDATE OF state ON orders
WHEN NEW.state = 'Draft' AND OLD.confirmed_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'an order that was confirmed does not become a draft again');
END;

CREATE TRIGGER orders_are_numbered_by_the_feed BEFORE UPDATE OF confirmed_sequence_nr ON orders
WHEN NEW.confirmed_sequence_nr <> -1 AND NEW.confirmed_sequence_nr IS NOT OLD.confirmed_sequence_nr
BEGIN
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE (SELECT numbering FROM feed WHERE id = 1) = 0;
END;

-- Any change is a new revision with a new fingerprint, and waits to be numbered.
CREATE TRIGGER orders_are_revised AFTER UPDATE OF
  state, revision, fingerprint, being_written, external_id, placed_at, confirmed_at, confirmed_by, updated_at,
  updated_by, currency, customer, charges, note
ON orders
WHEN NEW.being_written = 0
BEGIN
  UPDATE orders SET
    revision = max(OLD.revision + 1, NEW.revision),
    fingerprint = random() & 1099511627775,
    confirmed_sequence_nr = -1,
    confirmed_at = coalesce(
      NEW.confirmed_at, OLD.confirmed_at, iif(NEW.state = 'Confirmed', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
    ),
    confirmed_by = coalesce(NEW.confirmed_by, OLD.confirmed_by, iif(NEW.state = 'Confirmed', 'sql', NULL))
  WHERE number = NEW.number;
END;

CREATE TRIGGER orders_start_at_their_first_revision AFTER INSERT ON orders
WHEN NEW.being_written = 0
BEGIN
  UPDATE orders SET revision = NEW.revision WHERE number = NEW.number;
END;

CREATE TRIGGER order_lines_revise_on_insert AFTER INSERT ON order_lines
WHEN (SELECT being_written FROM orders WHERE number = NEW.order_number) = 0
BEGIN
  UPDATE orders SET revision = revision + 1 WHERE number = NEW.order_number;
END;

CREATE TRIGGER order_lines_revise_on_update AFTER UPDATE ON order_lines
WHEN (SELECT being_written FROM orders WHERE number = NEW.order_number) = 0
BEGIN
  UPDATE orders SET revision = revision + 1 WHERE number IN (OLD.order_number, NEW.order_number);
END;

CREATE TRIGGER order_lines_revise_on_delete AFTER DELETE ON order_lines
WHEN (SELECT being_written FROM orders WHERE number = OLD.order_number) = 0
BEGIN
  UPDATE orders SET revision = revision + 1 WHERE number = OLD.order_number;
END;

-- The ranges follow. An order enters its range when it is confirmed, and its fingerprint changes with each revision;
-- both may come in one statement and in either order, so each adds only its own difference, to a range that may be new.
CREATE TRIGGER order_ranges_gain_an_order AFTER UPDATE OF confirmed_at ON orders
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

CREATE TRIGGER order_ranges_follow_a_fingerprint AFTER UPDATE OF fingerprint ON orders
WHEN OLD.confirmed_at IS NOT NULL
BEGIN
  INSERT INTO order_ranges (range, orders, fingerprints) VALUES (NEW.number / 256, 0, NEW.fingerprint - OLD.fingerprint)
  ON CONFLICT (range) DO UPDATE SET fingerprints = fingerprints + excluded.fingerprints;
END;

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

CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  record TEXT NOT NULL CHECK (json_valid(record)),
  folded TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE products (
  sku TEXT PRIMARY KEY,
  record TEXT NOT NULL CHECK (json_valid(record)),
  folded TEXT NOT NULL
) WITHOUT ROWID;
