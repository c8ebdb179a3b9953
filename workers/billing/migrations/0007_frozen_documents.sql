-- What a document says by the configuration of the moment at which it was issued: its day, the day by which it is to be
-- paid, and who sells. It is part of the decision, so that the ledger brings back the same; no document, list or export
-- is computed from configuration afterwards. `seller` is JSON: name, address (a list of lines), vatId, bank.
ALTER TABLE decisions ADD COLUMN issued_on TEXT;
ALTER TABLE decisions ADD COLUMN due_on TEXT;
-- In which the instant of the decision was on that day.
ALTER TABLE decisions ADD COLUMN time_zone TEXT;
ALTER TABLE decisions ADD COLUMN seller TEXT CHECK (json_valid(seller));

ALTER TABLE invoices ADD COLUMN issued_on TEXT;
ALTER TABLE invoices ADD COLUMN due_on TEXT;
ALTER TABLE invoices ADD COLUMN seller TEXT CHECK (json_valid(seller));

ALTER TABLE credit_notes ADD COLUMN issued_on TEXT;
ALTER TABLE credit_notes ADD COLUMN seller TEXT CHECK (json_valid(seller));

-- A month's export reads what was issued in it, and nothing else.
CREATE INDEX invoices_issued ON invoices (issued_on, invoice_number) WHERE issued_on IS NOT NULL;
CREATE INDEX credit_notes_issued ON credit_notes (issued_on, credit_note_number);

DROP TRIGGER invoices_are_frozen;

CREATE TRIGGER invoices_are_frozen BEFORE UPDATE ON invoices
WHEN OLD.state = 'Approved' AND ((SELECT running FROM erasure WHERE id = 1) = 0
  OR NEW.state IS NOT OLD.state OR NEW.created_at IS NOT OLD.created_at OR NEW.invoice_number IS NOT OLD.invoice_number
  OR NEW.order_revision IS NOT OLD.order_revision OR NEW.order_fingerprint IS NOT OLD.order_fingerprint
  OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by OR NEW.decision IS NOT OLD.decision
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.due_on IS NOT OLD.due_on OR NEW.seller IS NOT OLD.seller
  OR json_remove(NEW.document, '$.customer', '$.note') IS NOT json_remove(OLD.document, '$.customer', '$.note'))
BEGIN
  SELECT RAISE(ABORT, 'an approved invoice never changes');
END;

DROP TRIGGER credit_notes_are_frozen;

CREATE TRIGGER credit_notes_are_frozen BEFORE UPDATE ON credit_notes
WHEN (SELECT running FROM erasure WHERE id = 1) = 0 OR NEW.id IS NOT OLD.id OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.credit_note_number IS NOT OLD.credit_note_number OR NEW.created_at IS NOT OLD.created_at
  OR NEW.created_by IS NOT OLD.created_by OR NEW.replacement_id IS NOT OLD.replacement_id
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.seller IS NOT OLD.seller
  OR json_remove(NEW.document, '$.customer', '$.reason') IS NOT json_remove(OLD.document, '$.customer', '$.reason')
BEGIN
  SELECT RAISE(ABORT, 'a credit note never changes');
END;

DROP TRIGGER decisions_never_change;

CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
WHEN NEW.nr IS NOT OLD.nr OR NEW.issued_number IS NOT OLD.issued_number OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.kind IS NOT OLD.kind OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.due_on IS NOT OLD.due_on OR NEW.time_zone IS NOT OLD.time_zone
  OR NEW.seller IS NOT OLD.seller
  OR ((SELECT running FROM erasure WHERE id = 1) = 0
    AND (OLD.witnessed = 1 OR NEW.witnessed = 0 OR NEW.document IS NOT OLD.document OR NEW.reason IS NOT OLD.reason))
  OR json_remove(NEW.document, '$.customer', '$.note', '$.reason')
    IS NOT json_remove(OLD.document, '$.customer', '$.note', '$.reason')
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;

-- How approved invoices compare with their orders as they are now. `changed`: the order says something else that the
-- invoice shows; an order that was amended and says again what was approved has not changed, and nor has one whose
-- customer was erased, in what is left. `open`: something of the invoice is still to be credited, judged by its lines and
-- charges, since a free one adds nothing to a sum.
CREATE VIEW approved_against_orders AS
SELECT i.id AS invoice_id, i.order_number,
  o.fingerprint IS NOT i.order_fingerprint AND iif(o.record ->> '$.customer.id' = 'erased',
    json_extract(o.record, '$.currency', '$.lines', '$.charges', '$.suppliedOn', '$.taxExemptionReason')
      IS NOT json_extract(i.document, '$.currency', '$.lines', '$.charges', '$.suppliedOn', '$.taxExemptionReason'),
    json_extract(o.record, '$.currency', '$.customer', '$.lines', '$.charges', '$.note', '$.suppliedOn',
      '$.taxExemptionReason')
      IS NOT json_extract(i.document, '$.currency', '$.customer', '$.lines', '$.charges', '$.note', '$.suppliedOn',
        '$.taxExemptionReason')) AS changed,
  o.deleted,
  json_array_length(i.document, '$.lines') + json_array_length(i.document, '$.charges') > (
    SELECT coalesce(sum(json_array_length(document, '$.linePositions') + json_array_length(document, '$.chargePositions')), 0)
    FROM credit_notes WHERE invoice_id = i.id) AS open
FROM invoices i JOIN orders o ON o.number = i.order_number
WHERE +i.state = 'Approved';

-- The approved invoices whose orders were changed or deleted since. Kept by triggers as copies change and invoices are
-- approved and credited, so that they are found, and counted, without comparing every invoice with its order.
CREATE TABLE mismatches (
  invoice_id INTEGER PRIMARY KEY,
  -- 0: the order was deleted, and says what was approved otherwise.
  changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
  open INTEGER NOT NULL CHECK (open IN (0, 1))
);

CREATE INDEX mismatches_open ON mismatches (invoice_id) WHERE open = 1;

INSERT INTO mismatches (invoice_id, changed, open)
SELECT invoice_id, changed, open FROM approved_against_orders WHERE changed OR deleted;

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
