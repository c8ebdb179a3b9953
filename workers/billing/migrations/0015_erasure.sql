-- Why no tax is charged is free text, as a note is: it is erased with the customer, in a document whose time is over as well.
DROP TRIGGER invoices_are_frozen;

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

DROP TRIGGER credit_notes_are_frozen;

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

DROP TRIGGER decisions_never_change;

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

-- An order whose customer was erased has lost these texts, and is compared without them.
DROP VIEW approved_against_orders;

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

DELETE FROM mismatches;

INSERT INTO mismatches (invoice_id, changed, open)
SELECT invoice_id, changed, open FROM approved_against_orders WHERE changed OR deleted;
