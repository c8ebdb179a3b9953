-- No number can be brought to where what counts on from it would end. An order's number is below 10^12, since the ids of
-- invoices that replace others are made of steps of that. What counts by ones is set to 10^12 at most, or raised by a
-- million in one statement: far beyond any use, and far below 2^53, from where programs no longer carry it exactly.
-- A number that SQLite chooses itself is not known before it is inserted.
CREATE TRIGGER orders_are_within_bounds AFTER INSERT ON orders
BEGIN
  SELECT RAISE(ABORT, 'an order number is below 1000000000000') WHERE NEW.number >= 1000000000000;
  SELECT RAISE(ABORT, 'a revision is at most 1000000000000')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision NOT BETWEEN 0 AND 1000000000000;
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE NEW.being_written = 1 AND NEW.confirmed_sequence_nr IS NOT -1;
END;

CREATE TRIGGER orders_stay_within_bounds BEFORE UPDATE OF revision, fingerprint ON orders
BEGIN
  SELECT RAISE(ABORT, 'a revision rises by ones')
  WHERE typeof(NEW.revision) <> 'integer' OR NEW.revision > max(OLD.revision + 1000000, 1000000000000);
  SELECT RAISE(ABORT, 'a fingerprint is an integer below 2^40')
  WHERE typeof(NEW.fingerprint) <> 'integer' OR NEW.fingerprint NOT BETWEEN 0 AND 1099511627775;
END;

CREATE TRIGGER feed_stays_within_bounds BEFORE UPDATE OF highest ON feed
WHEN typeof(NEW.highest) <> 'integer' OR NEW.highest > max(OLD.highest + 1000000, 1000000000000)
BEGIN
  SELECT RAISE(ABORT, 'the highest sequence number rises by ones');
END;

-- Also while the feed numbers: what it gives follows the highest.
DROP TRIGGER orders_are_numbered_by_the_feed;

CREATE TRIGGER orders_are_numbered_by_the_feed BEFORE UPDATE OF confirmed_sequence_nr ON orders
WHEN NEW.confirmed_sequence_nr IS NOT -1 AND NEW.confirmed_sequence_nr IS NOT OLD.confirmed_sequence_nr
BEGIN
  SELECT RAISE(ABORT, 'a sequence number is given by the feed alone')
  WHERE NOT (
    SELECT numbering = 1 AND typeof(NEW.confirmed_sequence_nr) = 'integer'
      AND NEW.confirmed_sequence_nr BETWEEN highest + 1 AND highest + 1000000
    FROM feed WHERE id = 1
  );
END;

CREATE TRIGGER billing_notices_are_within_bounds AFTER INSERT ON billing_notices
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > 10000000000000
BEGIN
  SELECT RAISE(ABORT, 'a version is at most 10000000000000');
END;

CREATE TRIGGER billing_notices_stay_within_bounds BEFORE UPDATE OF version ON billing_notices
WHEN typeof(NEW.version) <> 'integer' OR NEW.version > max(OLD.version + 1000000, 10000000000000)
BEGIN
  SELECT RAISE(ABORT, 'a version rises by ones');
END;

-- One that is not named is -1 here.
CREATE TRIGGER audit_is_within_bounds BEFORE INSERT ON audit
WHEN NEW.nr > 1000000000000
BEGIN
  SELECT RAISE(ABORT, 'the number of an entry is at most 1000000000000');
END;
