-- A digest of what an approved invoice took from its order. Ordering is told it, and knows by it whether an order that was
-- amended says again what was approved. It is erased with the customer.
ALTER TABLE decisions ADD COLUMN content_digest TEXT;

CREATE TRIGGER decisions_keep_their_digest BEFORE UPDATE OF content_digest ON decisions
WHEN NEW.content_digest IS NOT OLD.content_digest
  AND (NEW.content_digest IS NOT NULL OR (SELECT running FROM erasure WHERE id = 1) = 0)
BEGIN
  SELECT RAISE(ABORT, 'a decision never changes');
END;
