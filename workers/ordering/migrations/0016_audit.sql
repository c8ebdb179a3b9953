-- An order's page reads the newest entries alone, and yet says who confirmed the order: the entry that tells it is found
-- here, however many there are.
CREATE INDEX audit_confirming ON audit (order_number) WHERE after ->> '/state' = 'Confirmed';

-- The records of the catalogue that an import made or changed, the first of them: `fields` names by JSON Pointer those that
-- changed, NULL for a record that is new. A customer's id may be a name itself: once they are erased it goes, and nothing else.
CREATE TABLE audited_records (
  audit_nr INTEGER NOT NULL,
  place INTEGER NOT NULL,
  catalogue TEXT NOT NULL CHECK (catalogue IN ('customers', 'products')),
  record_id TEXT,
  fields TEXT CHECK (json_valid(fields)),
  PRIMARY KEY (audit_nr, place)
) WITHOUT ROWID;

CREATE INDEX audited_records_customer ON audited_records (record_id) WHERE catalogue = 'customers';

CREATE TRIGGER audited_records_are_kept BEFORE DELETE ON audited_records
BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;

CREATE TRIGGER audited_records_are_not_replaced BEFORE INSERT ON audited_records
BEGIN
  SELECT RAISE(ABORT, 'this record of the audit exists')
  WHERE EXISTS (SELECT 1 FROM audited_records WHERE audit_nr = NEW.audit_nr AND place = NEW.place);
END;

CREATE TRIGGER audited_records_never_change BEFORE UPDATE ON audited_records
WHEN OLD.catalogue <> 'customers' OR NEW.record_id IS NOT NULL OR NEW.audit_nr IS NOT OLD.audit_nr
  OR NEW.place IS NOT OLD.place OR NEW.catalogue IS NOT OLD.catalogue OR NEW.fields IS NOT OLD.fields
BEGIN
  SELECT RAISE(ABORT, 'the audit never changes');
END;
