-- `open` is the worklist: what is left of an invoice, its credit notes taken off, is not what its order says now. An order
-- without the line that was credited matches what is left, and one that was deleted matches an invoice that is credited
-- whole. Invoiced: A, B, C; credited: C; the order now: A, B: changed, and not open. An order that only an orphan's copy
-- still says is not the worklist's: the sync page gives it back.
DROP VIEW approved_against_orders;

CREATE VIEW approved_against_orders AS
SELECT invoice_id, order_number, facts_changed OR lines IS NOT order_lines OR charges IS NOT order_charges AS changed,
  deleted,
  json_array_length(lines_left) + json_array_length(charges_left) > 0
    AND (deleted OR facts_changed OR lines_left IS NOT order_lines OR charges_left IS NOT order_charges) AS open
FROM (
  SELECT i.id AS invoice_id, i.order_number, o.deleted,
    iif(o.record ->> '$.customer.id' = 'erased',
      json_extract(o.record, '$.currency', '$.suppliedOn', '$.taxExemptionReason')
        IS NOT json_extract(i.document, '$.currency', '$.suppliedOn', '$.taxExemptionReason'),
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

DELETE FROM mismatches;

INSERT INTO mismatches (invoice_id, changed, open)
SELECT invoice_id, changed, open FROM approved_against_orders WHERE changed OR deleted;

-- How long the worklist is, so that a page tells it without reading it.
CREATE TABLE worklist (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  mismatched INTEGER NOT NULL
);

INSERT INTO worklist (id, mismatched) SELECT 1, count(*) FROM mismatches WHERE open = 1;

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
