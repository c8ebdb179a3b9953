-- An order's page reads the newest entries alone, and yet says who confirmed the order: the entry that tells it is found
-- here, however many there are.
CREATE INDEX audit_confirming ON audit (order_number) WHERE after ->> '/state' = 'Confirmed';
