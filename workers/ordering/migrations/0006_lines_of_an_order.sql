-- The lines of an order once more, as the app reads them: a JSON array of [sku, description, quantity_thousandths,
-- unit_price, discount_hundredths, tax_hundredths], made anew with each revision. A page of the feed or of a list reads
-- one row an order that way, and not one a line. What counts is order_lines: whatever else is written here is a revision,
-- which sets it right. A BLOB, which only SQL can have put into a line, stands here as null: JSON holds none.
DROP TRIGGER orders_are_revised;

ALTER TABLE orders ADD COLUMN lines TEXT NOT NULL DEFAULT '[]';

UPDATE orders SET lines = (
  SELECT json_group_array(json_array(
    iif(typeof(sku) = 'blob', NULL, sku), iif(typeof(description) = 'blob', NULL, description),
    iif(typeof(quantity_thousandths) = 'blob', NULL, quantity_thousandths),
    iif(typeof(unit_price) = 'blob', NULL, unit_price),
    iif(typeof(discount_hundredths) = 'blob', NULL, discount_hundredths),
    iif(typeof(tax_hundredths) = 'blob', NULL, tax_hundredths)
  )) FROM (SELECT * FROM order_lines WHERE order_number = orders.number ORDER BY position)
);

-- Any change is a new revision with a new fingerprint, and waits to be numbered.
CREATE TRIGGER orders_are_revised AFTER UPDATE OF
  state, revision, fingerprint, being_written, external_id, placed_at, confirmed_at, confirmed_by, updated_at,
  updated_by, currency, customer, charges, note, lines
ON orders
WHEN NEW.being_written = 0
BEGIN
  UPDATE orders SET
    revision = max(OLD.revision + 1, NEW.revision),
    fingerprint = random() & 1099511627775,
    confirmed_sequence_nr = -1,
    confirmed_at = coalesce(
      NEW.confirmed_at, OLD.confirmed_at, iif(NEW.state = 'Confirmed', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
    ),
    confirmed_by = coalesce(NEW.confirmed_by, OLD.confirmed_by, iif(NEW.state = 'Confirmed', 'sql', NULL)),
    lines = (
      SELECT json_group_array(json_array(
        iif(typeof(sku) = 'blob', NULL, sku), iif(typeof(description) = 'blob', NULL, description),
        iif(typeof(quantity_thousandths) = 'blob', NULL, quantity_thousandths),
        iif(typeof(unit_price) = 'blob', NULL, unit_price),
        iif(typeof(discount_hundredths) = 'blob', NULL, discount_hundredths),
        iif(typeof(tax_hundredths) = 'blob', NULL, tax_hundredths)
      )) FROM (SELECT * FROM order_lines WHERE order_number = NEW.number ORDER BY position)
    )
  WHERE number = NEW.number;
END;
