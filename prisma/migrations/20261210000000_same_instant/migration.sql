-- As before, and of backups that began in the same millisecond always the same one: what is kept equals what is made anew.
CREATE OR REPLACE FUNCTION source_state_of(of_source UUID) RETURNS SETOF source_state STABLE ROWS 1 LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT of_source,
    run.id, run.status, run.finished_at, run.verified, run.error ->> 'message',
    good.id, good.started_at, good.finished_at, good.verified, good.stored_bytes,
    proven.id, proven.proven_at,
    (SELECT (t.evidence ->> 'restoreDurationMs')::float8 FROM restore_test t
      WHERE t.backup_id = proven.id AND t.verdict = 'passed' AND t.level <> 'quick'
      ORDER BY t.started_at DESC, t.id DESC LIMIT 1),
    upto.id, upto.started_at, upto.finished_at, upto.proven_at,
    newer.untested, newer.broken, newer.failed, newer.missed
  FROM (SELECT 1) AS always
  LEFT JOIN LATERAL (
    SELECT b.id, b.status, b.finished_at, b.verified, b.error FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL ORDER BY b.started_at DESC, b.id DESC LIMIT 1
  ) run ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.started_at, b.finished_at, b.verified, b.stored_bytes FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified <> 'broken'
      AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
    ORDER BY b.started_at DESC, b.id DESC LIMIT 1
  ) good ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.proven_at FROM backup_history b
    WHERE b.source_id = of_source AND b.verified = 'proven' AND b.proven_at IS NOT NULL
    ORDER BY b.proven_at DESC, b.id DESC LIMIT 1
  ) proven ON true
  LEFT JOIN LATERAL (
    SELECT b.id, b.started_at, b.finished_at, b.proven_at FROM backup_history b
    WHERE b.source_id = of_source AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified = 'proven'
      AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
    ORDER BY b.started_at DESC, b.id DESC LIMIT 1
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
