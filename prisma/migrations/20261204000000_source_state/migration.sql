-- What the overview shows of each source is kept ready: it reads one row a source instead of looking into four indexes.
--
-- Every change that may alter a source's state leaves a mark, in its own transaction (source_change). When that transaction
-- commits, a deferred trigger works the state out anew and takes the marks away that the new state covers. It never waits:
-- when another transaction is at the same source, the mark stays, and whoever reads (the view source_now) works that one
-- state out from the history, until the next change takes the mark away. So no order of changes can end in a deadlock, and
-- what is read is always what the history says.

-- CreateTable
CREATE TABLE "source_state" (
    "source_id" UUID NOT NULL,
    "run_id" UUID,
    "run_status" TEXT,
    "run_finished_at" TIMESTAMPTZ(3),
    "run_verified" TEXT,
    "run_message" TEXT,
    "good_id" UUID,
    "good_started_at" TIMESTAMPTZ(3),
    "good_finished_at" TIMESTAMPTZ(3),
    "good_verified" TEXT,
    "good_stored_bytes" BIGINT,
    "proven_id" UUID,
    "proven_at" TIMESTAMPTZ(3),
    "restore_duration_ms" DOUBLE PRECISION,

    CONSTRAINT "source_state_pkey" PRIMARY KEY ("source_id")
) WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "source_change" (
    "id" BIGSERIAL NOT NULL,
    "source_id" UUID NOT NULL,

    CONSTRAINT "source_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "source_change_source_id_idx" ON "source_change"("source_id");

-- The newest run, the newest good backup and the last proof, one step into an index each. The conditions repeat those of
-- the partial indexes word for word. PL/pgSQL, so that its plan is kept and is not made with each query that calls it.
CREATE FUNCTION source_state_of(of_source UUID) RETURNS SETOF source_state STABLE ROWS 1 LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT of_source,
    run.id, run.status, run.finished_at, run.verified, run.error ->> 'message',
    good.id, good.started_at, good.finished_at, good.verified, good.stored_bytes,
    proven.id, proven.proven_at,
    (SELECT (t.evidence ->> 'restoreDurationMs')::float8 FROM restore_test t
      WHERE t.backup_id = proven.id AND t.verdict = 'passed' AND t.level <> 'quick'
      ORDER BY t.started_at DESC LIMIT 1)
  FROM (SELECT 1) AS always
  LEFT JOIN LATERAL (
    SELECT b.id, b.status, b.finished_at, b.verified, b.error FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL ORDER BY b.started_at DESC LIMIT 1
  ) run ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.started_at, b.finished_at, b.verified, b.stored_bytes FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified <> 'broken'
      AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
    ORDER BY b.started_at DESC LIMIT 1
  ) good ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.proven_at FROM backup_history b
    WHERE b.source_id = of_source AND b.verified = 'proven' AND b.proven_at IS NOT NULL
    ORDER BY b.proven_at DESC LIMIT 1
  ) proven ON true;
END $$;

-- The state of every source as of this statement.
CREATE VIEW "source_now" AS
  SELECT k.* FROM source_state k WHERE NOT EXISTS (SELECT 1 FROM source_change c WHERE c.source_id = k.source_id)
  UNION ALL
  SELECT k.* FROM (SELECT DISTINCT source_id FROM source_change) c CROSS JOIN LATERAL source_state_of(c.source_id) k;

-- Takes a transaction's mark away with the state made anew. The order is what makes it right: the row is held first, then
-- the marks go that are seen, then a later statement reads the history, which sees at least what these marks stand for.
CREATE FUNCTION source_state_settle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A mark before this one, of the same transaction, has done it for both.
  IF NOT EXISTS (SELECT 1 FROM source_change WHERE id = NEW.id) THEN RETURN NULL; END IF;
  -- With one snapshot for the whole transaction, holding a row that was changed meanwhile would be an error.
  IF current_setting('transaction_isolation') <> 'read committed' THEN RETURN NULL; END IF;
  PERFORM 1 FROM source_state WHERE source_id = NEW.source_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  DELETE FROM source_change WHERE source_id = NEW.source_id;
  UPDATE source_state k SET
    run_id = n.run_id, run_status = n.run_status, run_finished_at = n.run_finished_at, run_verified = n.run_verified,
    run_message = n.run_message, good_id = n.good_id, good_started_at = n.good_started_at,
    good_finished_at = n.good_finished_at, good_verified = n.good_verified, good_stored_bytes = n.good_stored_bytes,
    proven_id = n.proven_id, proven_at = n.proven_at, restore_duration_ms = n.restore_duration_ms
  FROM source_state_of(NEW.source_id) n WHERE k.source_id = NEW.source_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER source_change_settle AFTER INSERT ON "source_change"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION source_state_settle();

-- Every source has its row from the beginning, so that nobody waits for somebody else's to appear.
CREATE FUNCTION source_state_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO source_state (source_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER source_state_begin AFTER INSERT ON "source" FOR EACH ROW EXECUTE FUNCTION source_state_begin();

CREATE FUNCTION backup_history_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO source_change (source_id) VALUES (OLD.source_id);
    RETURN NULL;
  END IF;
  INSERT INTO source_change (source_id) VALUES (NEW.source_id);
  IF TG_OP = 'UPDATE' AND OLD.source_id <> NEW.source_id THEN
    INSERT INTO source_change (source_id) VALUES (OLD.source_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backup_history_marked AFTER INSERT OR DELETE ON "backup_history"
  FOR EACH ROW EXECUTE FUNCTION backup_history_marked();
CREATE TRIGGER backup_history_remarked AFTER UPDATE ON "backup_history" FOR EACH ROW
  WHEN ((OLD.id, OLD.source_id, OLD.status, OLD.verified, OLD.started_at, OLD.finished_at, OLD.proven_at, OLD.stored_bytes,
      OLD.error ->> 'message', OLD.deleted_at IS NULL)
    IS DISTINCT FROM
        (NEW.id, NEW.source_id, NEW.status, NEW.verified, NEW.started_at, NEW.finished_at, NEW.proven_at, NEW.stored_bytes,
      NEW.error ->> 'message', NEW.deleted_at IS NULL))
  EXECUTE FUNCTION backup_history_marked();

-- A copy matters by being there or not. When its backup is gone already, that has left a mark.
CREATE FUNCTION of_backup_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO source_change (source_id) SELECT source_id FROM backup_history WHERE id = OLD.backup_id;
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND OLD.backup_id <> NEW.backup_id) THEN
    INSERT INTO source_change (source_id) SELECT source_id FROM backup_history WHERE id = NEW.backup_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backup_copy_marked_new AFTER INSERT ON "backup_copy" FOR EACH ROW
  WHEN (NEW.state = 'stored') EXECUTE FUNCTION of_backup_marked();
CREATE TRIGGER backup_copy_marked AFTER UPDATE ON "backup_copy" FOR EACH ROW
  WHEN ((OLD.backup_id, OLD.state = 'stored') IS DISTINCT FROM (NEW.backup_id, NEW.state = 'stored'))
  EXECUTE FUNCTION of_backup_marked();
CREATE TRIGGER backup_copy_marked_gone AFTER DELETE ON "backup_copy" FOR EACH ROW
  WHEN (OLD.state = 'stored') EXECUTE FUNCTION of_backup_marked();

-- A restore test matters by how long its restore took, once it has passed.
CREATE TRIGGER restore_test_marked_new AFTER INSERT ON "restore_test" FOR EACH ROW
  WHEN (NEW.verdict = 'passed' AND NEW.level <> 'quick') EXECUTE FUNCTION of_backup_marked();
CREATE TRIGGER restore_test_marked AFTER UPDATE ON "restore_test" FOR EACH ROW
  WHEN ((OLD.backup_id, OLD.verdict, OLD.level, OLD.started_at, OLD.evidence ->> 'restoreDurationMs')
    IS DISTINCT FROM (NEW.backup_id, NEW.verdict, NEW.level, NEW.started_at, NEW.evidence ->> 'restoreDurationMs'))
  EXECUTE FUNCTION of_backup_marked();
CREATE TRIGGER restore_test_marked_gone AFTER DELETE ON "restore_test" FOR EACH ROW
  WHEN (OLD.verdict = 'passed' AND OLD.level <> 'quick') EXECUTE FUNCTION of_backup_marked();

-- The states are made anew with the sums.
ALTER FUNCTION rebuild_totals() RENAME TO rebuild_sums;
CREATE FUNCTION rebuild_totals() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE backup_history, backup_copy, restore_test IN SHARE ROW EXCLUSIVE MODE;
  PERFORM rebuild_sums();
  DELETE FROM source_change;
  DELETE FROM source_state;
  INSERT INTO source_state SELECT k.* FROM source s CROSS JOIN LATERAL source_state_of(s.id) k ON CONFLICT DO NOTHING;
END $$;

INSERT INTO source_state SELECT k.* FROM source s CROSS JOIN LATERAL source_state_of(s.id) k;
