-- What a search finds orders by: each 3 letters in a row of a word of the customer's name or the external id, as they are
-- folded, and each 5 digits, since 3 of them tell too little. A word ends at a space or a mark of ASCII: order-terms.ts
-- takes a search apart in the same way. An ordinary table and no FTS5: a database that is put back table by table has it
-- as it was.
CREATE TABLE order_terms (
  term TEXT NOT NULL,
  order_number INTEGER NOT NULL,
  PRIMARY KEY (term, order_number)
) WITHOUT ROWID;

INSERT INTO order_terms (term, order_number)
WITH RECURSIVE rests (number, rest) AS (
  SELECT number, customer_name_folded || ' ' || coalesce(external_id_folded, '') FROM orders
  UNION ALL SELECT number, substr(rest, 2) FROM rests WHERE length(rest) > 3
)
SELECT DISTINCT term, number FROM (
  SELECT substr(rest, 1, 3) AS term, number FROM rests WHERE length(rest) > 2
  UNION ALL SELECT substr(rest, 1, 5), number FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~]*';

CREATE TRIGGER order_terms_gain_an_order AFTER INSERT ON orders
BEGIN
  INSERT OR IGNORE INTO order_terms (term, order_number)
  SELECT term, NEW.number FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.customer_name_folded || ' ' || coalesce(NEW.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~]*';
END;

CREATE TRIGGER order_terms_follow_an_order AFTER UPDATE OF customer_name_folded, external_id_folded ON orders
WHEN NEW.customer_name_folded IS NOT OLD.customer_name_folded OR NEW.external_id_folded IS NOT OLD.external_id_folded
BEGIN
  DELETE FROM order_terms WHERE order_number = OLD.number AND term IN (
    WITH RECURSIVE rests (rest) AS (
      SELECT OLD.customer_name_folded || ' ' || coalesce(OLD.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) FROM rests UNION ALL SELECT substr(rest, 1, 5) FROM rests
  );
  INSERT OR IGNORE INTO order_terms (term, order_number)
  SELECT term, NEW.number FROM (
    WITH RECURSIVE rests (rest) AS (
      SELECT NEW.customer_name_folded || ' ' || coalesce(NEW.external_id_folded, '')
      UNION ALL SELECT substr(rest, 2) FROM rests WHERE length(rest) > 3
    )
    SELECT substr(rest, 1, 3) AS term FROM rests WHERE length(rest) > 2
    UNION ALL SELECT substr(rest, 1, 5) FROM rests WHERE rest GLOB '[0-9][0-9][0-9][0-9][0-9]*'
  ) WHERE term NOT GLOB '*[] -/:-@[\^_`{-~]*';
END;

-- A list of one currency reads no orders of another. A search goes by its terms, and no longer through all orders.
CREATE INDEX orders_currency ON orders (currency);
DROP INDEX orders_searched;

-- How many orders are in each state: a list of all, or of one state, does not count them.
CREATE TABLE order_counts (
  state TEXT PRIMARY KEY,
  orders INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO order_counts (state, orders) SELECT state, count(*) FROM orders GROUP BY state;

CREATE TRIGGER order_counts_gain_an_order AFTER INSERT ON orders
BEGIN
  INSERT INTO order_counts (state, orders) VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET orders = orders + 1;
END;

CREATE TRIGGER order_counts_follow_a_state AFTER UPDATE OF state ON orders
WHEN NEW.state IS NOT OLD.state
BEGIN
  UPDATE order_counts SET orders = orders - 1 WHERE state = OLD.state;
  INSERT INTO order_counts (state, orders) VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET orders = orders + 1;
END;
