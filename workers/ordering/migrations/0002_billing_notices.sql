-- What billing has told of an order: approved, rejected, quarantined, healed. Apart from the orders, since a notice is
-- no change of the order: it would send the order to billing again.
CREATE TABLE billing_notices (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  order_number INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (json_valid(notice)),
  received_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX billing_notices_order ON billing_notices (order_number);
