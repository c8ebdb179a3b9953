-- A customer's data is erased while `running` is 1, inside one batch: only then, and only in what tells of a person, may
-- a rejection change, or a document whose time to be kept is over.
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  running INTEGER NOT NULL DEFAULT 0 CHECK (running IN (0, 1))
);

INSERT INTO erasure (id) VALUES (1);

CREATE TRIGGER erasure_is_kept BEFORE DELETE ON erasure
BEGIN
  SELECT RAISE(ABORT, 'the row of the erasure is never deleted');
END;

DROP TRIGGER invoices_are_frozen;

CREATE TRIGGER invoices_are_frozen BEFORE UPDATE ON invoices
WHEN OLD.state = 'Approved' AND ((SELECT running FROM erasure WHERE id = 1) = 0
  OR NEW.state IS NOT OLD.state OR NEW.created_at IS NOT OLD.created_at OR NEW.invoice_number IS NOT OLD.invoice_number
  OR NEW.order_revision IS NOT OLD.order_revision OR NEW.order_fingerprint IS NOT OLD.order_fingerprint
  OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by OR NEW.decision IS NOT OLD.decision
  OR json_remove(NEW.document, '$.customer', '$.note') IS NOT json_remove(OLD.document, '$.customer', '$.note'))
BEGIN
  SELECT RAISE(ABORT, 'an approved invoice never changes');
END;

DROP TRIGGER credit_notes_are_frozen;

CREATE TRIGGER credit_notes_are_frozen BEFORE UPDATE ON credit_notes
WHEN (SELECT running FROM erasure WHERE id = 1) = 0 OR NEW.id IS NOT OLD.id OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.credit_note_number IS NOT OLD.credit_note_number OR NEW.created_at IS NOT OLD.created_at
  OR NEW.created_by IS NOT OLD.created_by OR NEW.replacement_id IS NOT OLD.replacement_id
  OR json_remove(NEW.document, '$.customer', '$.reason') IS NOT json_remove(OLD.document, '$.customer', '$.reason')
BEGIN
  SELECT RAISE(ABORT, 'a credit note never changes');
END;

DROP TRIGGER decisions_never_change;

CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
WHEN NEW.nr IS NOT OLD.nr OR NEW.issued_number IS NOT OLD.issued_number OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.kind IS NOT OLD.kind OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by
  OR ((SELECT running FROM erasure WHERE id = 1) = 0
    AND (OLD.witnessed = 1 OR NEW.witnessed = 0 OR NEW.document IS NOT OLD.document OR NEW.reason IS NOT OLD.reason))
  OR json_remove(NEW.document, '$.customer', '$.note', '$.reason')
    IS NOT json_remove(OLD.document, '$.customer', '$.note', '$.reason')
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;
