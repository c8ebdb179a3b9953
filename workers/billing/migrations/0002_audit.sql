-- Who did what, when, and by which request. No personal data of customers stands here: fields are named by JSON Pointer,
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

-- A decision is audited wherever it comes from: made by a person, or played back from the ledger after a restore that
-- has lost the audit's end as well. Its id is that of the request that made it.
CREATE TRIGGER decisions_are_audited AFTER INSERT ON decisions
BEGIN
  INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
  VALUES (NEW.decided_at, NEW.decided_by, NEW.kind, NEW.order_number, NEW.order_revision, NEW.decision_id,
    json_object('/state', iif(NEW.kind = 'credited', 'Approved', 'ToApprove')),
    iif(NEW.kind = 'rejected', json_object('/state', 'Rejected'), json_object('/state', 'Approved',
      iif(NEW.kind = 'credited', '/creditNoteNumber', '/invoiceNumber'), NEW.issued_number)));
END;
