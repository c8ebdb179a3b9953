-- An invoice that was credited whole may be invoiced anew afterwards. That is a decision of the kind 'credited' as well:
-- one that issues no credit note, so that it has no number, and names the replacement. Its document is the order that is
-- invoiced anew. (A kind of its own would take another CHECK, and so a table without what guards this one.)
DROP TRIGGER decisions_are_audited;

CREATE TRIGGER decisions_are_audited AFTER INSERT ON decisions
BEGIN
  INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
  VALUES (NEW.decided_at, NEW.decided_by,
    iif(NEW.kind = 'credited' AND NEW.issued_number IS NULL, 'invoiced anew', NEW.kind),
    NEW.order_number, NEW.order_revision, NEW.decision_id,
    json_object('/state', iif(NEW.kind = 'credited', 'Approved', 'ToApprove')),
    iif(NEW.kind = 'rejected', json_object('/state', 'Rejected'),
      iif(NEW.issued_number IS NULL, json_object('/state', 'Approved', '/replacedBy', NEW.replacement_id),
        json_object('/state', 'Approved',
          iif(NEW.kind = 'credited', '/creditNoteNumber', '/invoiceNumber'), NEW.issued_number))));
END;
