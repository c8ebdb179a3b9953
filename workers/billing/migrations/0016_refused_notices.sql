-- Whether ordering answered that it cannot read the notice. It is set aside then, and sent again after each
-- comparison.
ALTER TABLE outbox ADD COLUMN refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1));

CREATE INDEX outbox_refused ON outbox (subject) WHERE refused = 1;
