-- What is proven belongs to a backup, not to a source: the state of a source keeps its newest proven backup that is still
-- there, and what came after it, by what is known of it.

ALTER TABLE "source_state"
  ADD COLUMN "newest_proven_id" UUID,
  ADD COLUMN "newest_proven_started_at" TIMESTAMPTZ(3),
  ADD COLUMN "newest_proven_finished_at" TIMESTAMPTZ(3),
  ADD COLUMN "newest_proven_at" TIMESTAMPTZ(3),
  ADD COLUMN "newer_untested" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "newer_broken" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "newer_failed" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "newer_missed" INTEGER NOT NULL DEFAULT 0;

CREATE INDEX "backup_newest_proven" ON "backup_history" ("source_id", "started_at" DESC)
  WHERE "deleted_at" IS NULL AND "status" IN ('succeeded', 'partial') AND "verified" = 'proven';

-- As before, with the newest proven backup, one more step into an index, and the runs after it. Of these a hundred are
-- looked at: the cost of a change stays the same for a source that was never proven.
CREATE OR REPLACE FUNCTION source_state_of(of_source UUID) RETURNS SETOF source_state STABLE ROWS 1 LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT of_source,
    run.id, run.status, run.finished_at, run.verified, run.error ->> 'message',
    good.id, good.started_at, good.finished_at, good.verified, good.stored_bytes,
    proven.id, proven.proven_at,
    (SELECT (t.evidence ->> 'restoreDurationMs')::float8 FROM restore_test t
      WHERE t.backup_id = proven.id AND t.verdict = 'passed' AND t.level <> 'quick'
      ORDER BY t.started_at DESC LIMIT 1),
    upto.id, upto.started_at, upto.finished_at, upto.proven_at,
    newer.untested, newer.broken, newer.failed, newer.missed
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
  ) proven ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.started_at, b.finished_at, b.proven_at FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified = 'proven'
      AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
    ORDER BY b.started_at DESC LIMIT 1
  ) upto ON true
  CROSS JOIN LATERAL (
    SELECT
      (count(*) FILTER (WHERE run_is = 'untested'))::int AS untested,
      (count(*) FILTER (WHERE run_is = 'broken'))::int AS broken,
      (count(*) FILTER (WHERE run_is = 'failed'))::int AS failed,
      (count(*) FILTER (WHERE run_is = 'missed'))::int AS missed
    FROM (
      SELECT CASE
        WHEN b.status IN ('failed', 'interrupted') THEN 'failed'
        WHEN b.status = 'missed' THEN 'missed'
        WHEN b.status NOT IN ('succeeded', 'partial') THEN NULL
        WHEN b.verified = 'broken' THEN 'broken'
        WHEN b.verified = 'unproven' AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
          THEN 'untested'
      END AS run_is
      FROM backup_history b
      WHERE b.source_id = of_source AND b.deleted_at IS NULL
        AND b.started_at > coalesce(upto.started_at, '-infinity'::timestamptz)
      ORDER BY b.started_at DESC, b.id DESC LIMIT 100
    ) runs
  ) newer;
END $$;

CREATE OR REPLACE VIEW "source_now" AS
  SELECT k.* FROM source_state k WHERE NOT EXISTS (SELECT 1 FROM source_change c WHERE c.source_id = k.source_id)
  UNION ALL
  SELECT k.* FROM (SELECT DISTINCT source_id FROM source_change) c CROSS JOIN LATERAL source_state_of(c.source_id) k;

-- As before, with the new columns.
CREATE OR REPLACE FUNCTION source_state_settle() RETURNS trigger LANGUAGE plpgsql AS $$
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
    proven_id = n.proven_id, proven_at = n.proven_at, restore_duration_ms = n.restore_duration_ms,
    newest_proven_id = n.newest_proven_id, newest_proven_started_at = n.newest_proven_started_at,
    newest_proven_finished_at = n.newest_proven_finished_at, newest_proven_at = n.newest_proven_at,
    newer_untested = n.newer_untested, newer_broken = n.newer_broken, newer_failed = n.newer_failed,
    newer_missed = n.newer_missed
  FROM source_state_of(NEW.source_id) n WHERE k.source_id = NEW.source_id;
  RETURN NULL;
END $$;

DELETE FROM source_change;
DELETE FROM source_state;
INSERT INTO source_state SELECT k.* FROM source s CROSS JOIN LATERAL source_state_of(s.id) k;
