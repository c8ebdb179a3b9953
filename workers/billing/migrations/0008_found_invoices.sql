-- What invoices and credit notes are found by. `searched` is what is searched in: the customer's name, a line break, and
-- the order's external id, folded as shared/fold.ts does, since SQL cannot. An invoice has that of its order's copy, and
-- the copy's amount, until it is approved; then it keeps them. Copies from before this migration are folded as far as
-- upper() goes, until they change.
ALTER TABLE orders ADD COLUMN searched TEXT NOT NULL DEFAULT '';

UPDATE orders SET searched = upper(coalesce(record ->> '$.customer.name', '')) || char(10)
  || upper(coalesce(record ->> '$.externalId', ''));

-- An order is looked for by its whole external id, whether it has an invoice or not.
CREATE INDEX orders_external_id ON orders (substr(searched, instr(searched, char(10)) + 1));

ALTER TABLE invoices ADD COLUMN searched TEXT NOT NULL DEFAULT '';
ALTER TABLE invoices ADD COLUMN currency TEXT;
ALTER TABLE invoices ADD COLUMN gross INTEGER;

ALTER TABLE credit_notes ADD COLUMN searched TEXT NOT NULL DEFAULT '';

-- Whether an order's decisions are all in the ledger is asked of each invoice that is listed: mostly without a row.
CREATE INDEX decisions_unwitnessed ON decisions (order_number) WHERE witnessed = 0;

-- Terms, each leading to the invoices that have it, by id, so that a page of a search reads no others:
--   KOR, 10248     three letters of a word in a row, or five digits, as in ordering's order_terms
--   #2026-0        the beginning of its number, from three characters on
--   =20038         its amount in the minor unit
-- A word ends at a space, a line break or a mark of ASCII: shared/search-terms.ts takes a search apart in the same way.
CREATE TABLE invoice_terms (
  term TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  PRIMARY KEY (term, invoice_id)
) WITHOUT ROWID;

-- The same of credit notes, which have the beginnings of the corrected invoice's number as well.
CREATE TABLE credit_note_terms (
  term TEXT NOT NULL,
  credit_note_id INTEGER NOT NULL,
  PRIMARY KEY (term, credit_note_id)
) WITHOUT ROWID;

-- A replacement that the ledger has brought back before its order has what it replaces has.
CREATE TRIGGER invoices_are_searched AFTER INSERT ON invoices
WHEN NEW.searched = '' AND NEW.state <> 'Approved'
BEGIN
  UPDATE invoices SET (searched, currency, gross) = (
    SELECT searched, record ->> '$.currency', record ->> '$.totals.gross' FROM orders WHERE number = NEW.order_number
    UNION ALL SELECT searched, currency, gross FROM invoices WHERE id = NEW.replaces
    LIMIT 1
  )
  WHERE id = NEW.id AND EXISTS (
    SELECT 1 FROM orders WHERE number = NEW.order_number UNION ALL SELECT 1 FROM invoices WHERE id = NEW.replaces
  );
END;

-- An invoice is there before its order's copy where the ledger has brought it back. The plus keeps SQLite from going
-- through all invoices of the other states.
CREATE TRIGGER invoices_are_searched_with_their_order AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state <> 'Approved')
BEGIN
  UPDATE invoices SET searched = NEW.searched, currency = NEW.record ->> '$.currency',
    gross = NEW.record ->> '$.totals.gross'
  WHERE order_number = NEW.number AND +state <> 'Approved';
END;

CREATE TRIGGER invoices_are_searched_as_their_order AFTER UPDATE OF searched, record ON orders
WHEN NEW.searched IS NOT OLD.searched OR NEW.record ->> '$.totals.gross' IS NOT OLD.record ->> '$.totals.gross'
  OR NEW.record ->> '$.currency' IS NOT OLD.record ->> '$.currency'
BEGIN
  UPDATE invoices SET searched = NEW.searched, currency = NEW.record ->> '$.currency',
    gross = NEW.record ->> '$.totals.gross'
  WHERE order_number = NEW.number AND +state <> 'Approved';
END;

CREATE TRIGGER invoice_terms_follow_a_text AFTER UPDATE OF searched ON invoices
WHEN NEW.searched IS NOT OLD.searched
BEGIN
  DELETE FROM invoice_terms WHERE invoice_id = OLD.id AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
END;

CREATE TRIGGER invoice_terms_follow_an_amount AFTER UPDATE OF gross ON invoices
WHEN NEW.gross IS NOT OLD.gross
BEGIN
  DELETE FROM invoice_terms WHERE invoice_id = OLD.id AND term = '=' || OLD.gross;
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id) SELECT '=' || NEW.gross, NEW.id WHERE NEW.gross IS NOT NULL;
END;

-- A number is given once and stays.
CREATE TRIGGER invoice_terms_gain_a_number AFTER UPDATE OF invoice_number ON invoices
WHEN NEW.invoice_number IS NOT OLD.invoice_number AND NEW.invoice_number IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO invoice_terms (term, invoice_id)
  SELECT '#' || beginning, NEW.id FROM (
    WITH RECURSIVE beginnings (beginning) AS (
      SELECT NEW.invoice_number UNION ALL SELECT substr(beginning, 1, length(beginning) - 1) FROM beginnings
      WHERE length(beginning) > 3
    )
    SELECT beginning FROM beginnings
  );
END;

CREATE TRIGGER credit_note_terms_gain_a_credit_note AFTER INSERT ON credit_notes
BEGIN
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT '#' || beginning, NEW.id FROM (
    WITH RECURSIVE beginnings (beginning) AS (
      SELECT NEW.credit_note_number
      UNION ALL SELECT NEW.document ->> '$.invoiceNumber'
      UNION ALL SELECT substr(beginning, 1, length(beginning) - 1) FROM beginnings WHERE length(beginning) > 3
    )
    SELECT beginning FROM beginnings WHERE beginning IS NOT NULL
  );
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT '=' || (NEW.document ->> '$.gross'), NEW.id WHERE NEW.document ->> '$.gross' IS NOT NULL;
END;

-- Only an erasure changes what a credit note is found by.
CREATE TRIGGER credit_note_terms_follow_a_text AFTER UPDATE OF searched ON credit_notes
WHEN NEW.searched IS NOT OLD.searched
BEGIN
  DELETE FROM credit_note_terms WHERE credit_note_id = OLD.id AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
  SELECT term, NEW.id FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.searched UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~' || char(10) || ']*';
END;

-- What was there before. An erasure may change what is issued, in what is not printed as well.
UPDATE erasure SET running = 1 WHERE id = 1;

UPDATE invoices SET (searched, currency, gross) = (
  SELECT upper(coalesce(said ->> '$.customer.name', '')) || char(10) || upper(coalesce(said ->> '$.externalId', '')),
    said ->> '$.currency', said ->> '$.totals.gross'
  FROM (
    SELECT iif(invoices.state = 'Approved', invoices.document, coalesce(
      (SELECT record FROM orders WHERE number = invoices.order_number), invoices.document)) AS said
  )
);

UPDATE credit_notes SET searched = (SELECT searched FROM invoices WHERE id = credit_notes.invoice_id);

UPDATE erasure SET running = 0 WHERE id = 1;

INSERT OR IGNORE INTO invoice_terms (term, invoice_id)
WITH RECURSIVE beginnings (id, beginning) AS (
  SELECT id, invoice_number FROM invoices WHERE invoice_number IS NOT NULL
  UNION ALL SELECT id, substr(beginning, 1, length(beginning) - 1) FROM beginnings WHERE length(beginning) > 3
)
SELECT '#' || beginning, id FROM beginnings;

INSERT OR IGNORE INTO credit_note_terms (term, credit_note_id)
WITH RECURSIVE beginnings (id, beginning) AS (
  SELECT id, credit_note_number FROM credit_notes
  UNION ALL SELECT id, document ->> '$.invoiceNumber' FROM credit_notes
  UNION ALL SELECT id, substr(beginning, 1, length(beginning) - 1) FROM beginnings WHERE length(beginning) > 3
)
SELECT '#' || beginning, id FROM beginnings
UNION ALL SELECT '=' || (document ->> '$.gross'), id FROM credit_notes;
