-- No number can be brought to where what counts on from it would end: see ordering's 0011_bounded_numbers.
CREATE TRIGGER orders_are_within_bounds AFTER INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'an order number is below 1000000000000') WHERE NEW.number >= 1000000000000;
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

-- Any other invoice with an id of this form would stand where a replacement belongs.
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

CREATE TRIGGER audit_is_within_bounds BEFORE INSERT ON audit
WHEN NEW.nr > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the number of an entry is at most 1000000000000');
END;
