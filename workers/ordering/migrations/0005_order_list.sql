-- For the list's sorting, its filter by customer, and the worklist of what billing has rejected.
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_customer_name ON orders (customer_name_folded);
CREATE INDEX orders_customer_id ON orders (customer ->> 'id');
CREATE INDEX billing_notices_rejected ON billing_notices (order_number) WHERE notice ->> 'kind' = 'rejected';
