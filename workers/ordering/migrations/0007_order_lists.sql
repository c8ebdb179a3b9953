-- A list of one state reads no orders of the other. The lists spell these conditions just so.
CREATE INDEX orders_drafts ON orders (number) WHERE state = 'Draft';
CREATE INDEX orders_confirmed ON orders (number) WHERE state = 'Confirmed';

-- All that a search looks at: it goes through this, and not through the orders with their lines.
CREATE INDEX orders_searched ON orders (number, state, customer_name_folded, external_id_folded);
