-- Decisions of the ledger that this database has refused to replay after a restore. Their numbers are given; their
-- invoices are not to be approved until each has been replayed.
CREATE TABLE unreplayed (
  nr INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL,
  error TEXT NOT NULL,
  since TEXT NOT NULL
);

CREATE INDEX unreplayed_invoice ON unreplayed (invoice_id);

-- How many there are, in the row that an idle pull reads anyway.
ALTER TABLE order_pull ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER unreplayed_are_counted AFTER INSERT ON unreplayed
BEGIN
  UPDATE order_pull SET set_aside = set_aside + 1;
END;

CREATE TRIGGER unreplayed_are_counted_off AFTER DELETE ON unreplayed
BEGIN
  UPDATE order_pull SET set_aside = set_aside - 1;
END;
