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

-- The digests that were there had no key. An import that comes again is compared with the order itself.
UPDATE orders SET imported_line = NULL, imported_content = NULL
WHERE imported_line IS NOT NULL OR imported_content IS NOT NULL;

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
