-- An invoice's page shows what was decided about it, however often it was rejected and waited again.
CREATE INDEX decisions_order ON decisions (order_number);
