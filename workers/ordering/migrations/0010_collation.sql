-- Names are sorted by a key of their own, as shared/fold.ts makes it: by letters without marks, then as they are written.
-- fold_stale: the row was written by SQL, or before this, and housekeeping has yet to fold it; until then it is sorted and
-- found by what is there.
ALTER TABLE orders ADD COLUMN customer_sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1));
UPDATE orders SET customer_sort_key = customer_name_folded;
DROP INDEX orders_customer_name;
CREATE INDEX orders_customer_sorted ON orders (customer_sort_key);
CREATE INDEX orders_fold_stale ON orders (number) WHERE fold_stale = 1;

CREATE TRIGGER orders_go_stale AFTER UPDATE OF customer, external_id ON orders
WHEN NEW.fold_stale = 0 AND (
  NEW.customer ->> 'name' IS NOT OLD.customer ->> 'name' AND NEW.customer_sort_key IS OLD.customer_sort_key
    OR NEW.external_id IS NOT OLD.external_id AND NEW.external_id_folded IS OLD.external_id_folded
)
BEGIN
  UPDATE orders SET fold_stale = 1 WHERE number = NEW.number;
END;

ALTER TABLE customers ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1));
UPDATE customers SET sort_key = folded;
CREATE INDEX customers_sorted ON customers (sort_key);
CREATE INDEX customers_fold_stale ON customers (id) WHERE fold_stale = 1;

CREATE TRIGGER customers_go_stale AFTER UPDATE OF record ON customers
WHEN NEW.fold_stale = 0 AND NEW.record ->> 'name' IS NOT OLD.record ->> 'name' AND NEW.sort_key IS OLD.sort_key
BEGIN
  UPDATE customers SET fold_stale = 1 WHERE id = NEW.id;
END;

ALTER TABLE products ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN fold_stale INTEGER NOT NULL DEFAULT 1 CHECK (fold_stale IN (0, 1));
UPDATE products SET sort_key = folded;
CREATE INDEX products_sorted ON products (sort_key);
CREATE INDEX products_fold_stale ON products (sku) WHERE fold_stale = 1;

CREATE TRIGGER products_go_stale AFTER UPDATE OF record ON products
WHEN NEW.fold_stale = 0 AND NEW.record ->> 'description' IS NOT OLD.record ->> 'description'
  AND NEW.sort_key IS OLD.sort_key
BEGIN
  UPDATE products SET fold_stale = 1 WHERE sku = NEW.sku;
END;
