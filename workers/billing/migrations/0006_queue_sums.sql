-- What waits for approval, by currency: how many invoices, and what they come to in the minor unit. Kept by triggers as
-- invoices begin and cease to wait and as their orders' copies change, so that the queue is told whole without being read.
CREATE TABLE queue_sums (
  currency TEXT PRIMARY KEY,
  invoices INTEGER NOT NULL,
  gross INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO queue_sums (currency, invoices, gross)
SELECT o.record ->> '$.currency', count(*), sum(o.record ->> '$.totals.gross')
FROM invoices i JOIN orders o ON o.number = i.order_number
WHERE i.state = 'ToApprove' AND o.record ->> '$.currency' IS NOT NULL AND o.record ->> '$.totals.gross' IS NOT NULL
GROUP BY o.record ->> '$.currency';

CREATE TRIGGER queue_sums_gain_an_invoice AFTER INSERT ON invoices
WHEN NEW.state = 'ToApprove'
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT record ->> '$.currency', 1, record ->> '$.totals.gross' FROM orders
  WHERE number = NEW.order_number AND record ->> '$.currency' IS NOT NULL AND record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + 1, gross = gross + excluded.gross;
END;

CREATE TRIGGER queue_sums_follow_a_state AFTER UPDATE OF state ON invoices
WHEN (NEW.state = 'ToApprove') <> (OLD.state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT record ->> '$.currency', sign, sign * (record ->> '$.totals.gross')
  FROM orders, (SELECT iif(NEW.state = 'ToApprove', 1, -1) AS sign)
  WHERE number = NEW.order_number AND record ->> '$.currency' IS NOT NULL AND record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;

-- The plus keeps SQLite from going through all that waits. An invoice is there before its order's copy only by
-- SQL; then the copy brings it into the sums.
CREATE TRIGGER queue_sums_gain_an_order AFTER INSERT ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT NEW.record ->> '$.currency', count(*), count(*) * (NEW.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING NEW.record ->> '$.currency' IS NOT NULL AND NEW.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;

CREATE TRIGGER queue_sums_follow_an_order AFTER UPDATE OF record ON orders
WHEN EXISTS (SELECT 1 FROM invoices WHERE order_number = NEW.number AND +state = 'ToApprove')
BEGIN
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT OLD.record ->> '$.currency', -count(*), -count(*) * (OLD.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING OLD.record ->> '$.currency' IS NOT NULL AND OLD.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
  INSERT INTO queue_sums (currency, invoices, gross)
  SELECT NEW.record ->> '$.currency', count(*), count(*) * (NEW.record ->> '$.totals.gross') FROM invoices
  WHERE order_number = NEW.number AND +state = 'ToApprove'
  HAVING NEW.record ->> '$.currency' IS NOT NULL AND NEW.record ->> '$.totals.gross' IS NOT NULL
  ON CONFLICT (currency) DO UPDATE SET invoices = invoices + excluded.invoices, gross = gross + excluded.gross;
END;
