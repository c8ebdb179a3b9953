-- The day of supply, where it is not the invoice's, and why no tax is charged. Both are content: a change is a revision.
DROP TRIGGER orders_are_revised;

ALTER TABLE orders ADD COLUMN supplied_on TEXT;

ALTER TABLE orders ADD COLUMN tax_exemption_reason TEXT;

-- Any change is a new revision with a new fingerprint, and waits to be numbered.
CREATE TRIGGER orders_are_revised AFTER UPDATE OF
  state, revision, fingerprint, being_written, external_id, placed_at, confirmed_at, confirmed_by, updated_at,
  updated_by, currency, customer, charges, supplied_on, tax_exemption_reason, note, lines
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
