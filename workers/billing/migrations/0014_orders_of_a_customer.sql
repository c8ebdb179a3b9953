-- Orders are looked for by their customer's whole id, and an erasure finds a customer's copies by it.
CREATE INDEX orders_customer_id ON orders (record ->> '$.customer.id');
