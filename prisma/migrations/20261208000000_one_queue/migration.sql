-- The job table is the queue (docs/adr/0001-one-queue.md): what pg-boss kept beside it goes.

-- One job of a kind with a key waits or runs. Where two have one, the later was made while the earlier had lost its delivery.
UPDATE "job" SET "exclusive_key" = NULL
WHERE "id" IN (
  SELECT "id" FROM (
    SELECT "id", row_number() OVER (PARTITION BY "kind", "exclusive_key" ORDER BY "state" = 'queued', "created_at", "id") AS "nth"
    FROM "job" WHERE "exclusive_key" IS NOT NULL AND "state" IN ('queued', 'running')
  ) AS "holder" WHERE "nth" > 1);
CREATE UNIQUE INDEX "job_exclusive_key" ON "job" ("kind", "exclusive_key") WHERE "state" IN ('queued', 'running');

-- A worker's heartbeat is in its own row.
ALTER TABLE "job" DROP COLUMN "heartbeat_at";

-- What workers look for, in the order in which they take it.
CREATE INDEX "job_waiting" ON "job" ("kind", "created_at", "id") WHERE "state" = 'queued';

-- Every worker hears of a job that may be taken, and of one that ended and made room. A statement that touches several says
-- it once; nobody who writes a job can forget it.
CREATE FUNCTION "notify_of_jobs"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('holdfast_job', '');
  RETURN NULL;
END $$;
CREATE TRIGGER "job_notify" AFTER INSERT OR UPDATE OF "state", "start_after" ON "job"
FOR EACH STATEMENT EXECUTE FUNCTION "notify_of_jobs"();

-- The schema is ours where every queue in it is; another program's stays.
DO $$
DECLARE
  foreign_queues BOOLEAN;
BEGIN
  IF to_regclass('pgboss.queue') IS NULL THEN RETURN; END IF;
  EXECUTE $q$ SELECT EXISTS (SELECT FROM pgboss.queue WHERE name NOT IN
    ('backup', 'restore-test', 'restore', 'retention', 'cleanup', 'copy', 'reverify', 'inventory', 'rewrap')
    AND name NOT LIKE '\_\_pgboss%') $q$ INTO foreign_queues;
  IF foreign_queues THEN RETURN; END IF;
  DROP SCHEMA pgboss CASCADE;
END $$;
