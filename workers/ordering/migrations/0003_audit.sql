-- Who entered the order; null for one that SQL made or that billing gave back. A clerk deletes only their own drafts.
ALTER TABLE orders ADD COLUMN entered_by TEXT;

-- Who did what, when, and by which request. `before` and `after` name fields by JSON Pointer; what somebody wrote stands
-- there as a fingerprint salted with `salt`, so that no personal data is kept here. Without its salt a fingerprint says
-- nothing any more: that is all that erasing a customer changes here.
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
