-- Lists and the overview stay fast with a million rows: indexes of what is not deleted, and sums that triggers keep.

-- Lists show what is not deleted, newest first, by any of their filters; deleted rows must not be walked over.
CREATE INDEX "backup_live_at" ON "backup_history" ("started_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "backup_live_source" ON "backup_history" ("source_id", "started_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "backup_live_status" ON "backup_history" ("status", "started_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "backup_live_verified" ON "backup_history" ("verified", "started_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "backup_live_kind" ON "backup_history" ("kind", "started_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

-- The newest good and the newest proven backup of every source, one step into an index each.
CREATE INDEX "backup_good" ON "backup_history" ("source_id", "started_at" DESC)
  WHERE "deleted_at" IS NULL AND "status" IN ('succeeded', 'partial') AND "verified" <> 'broken';
CREATE INDEX "backup_proven" ON "backup_history" ("source_id", "proven_at" DESC)
  WHERE "verified" = 'proven' AND "proven_at" IS NOT NULL;

-- CreateTable
CREATE TABLE "source_total" (
    "source_id" UUID NOT NULL,
    "backups" INTEGER NOT NULL,
    "stored_bytes" BIGINT NOT NULL,

    CONSTRAINT "source_total_pkey" PRIMARY KEY ("source_id")
) WITH (fillfactor = 70);

-- CreateTable
CREATE TABLE "backup_day" (
    "source_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "succeeded" INTEGER NOT NULL,
    "partial" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "interrupted" INTEGER NOT NULL,
    "missed" INTEGER NOT NULL,
    "source_bytes" BIGINT NOT NULL,
    "stored_bytes" BIGINT NOT NULL,

    CONSTRAINT "backup_day_pkey" PRIMARY KEY ("source_id", "day")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "copy_total" (
    "destination_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "storage_class" TEXT NOT NULL,
    "copies" INTEGER NOT NULL,
    "stored_bytes" BIGINT NOT NULL,

    CONSTRAINT "copy_total_pkey" PRIMARY KEY ("destination_id", "source_id", "storage_class")
) WITH (fillfactor = 70);

-- CreateTable
CREATE TABLE "destination_day" (
    "destination_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "copies" INTEGER NOT NULL,
    "stored_bytes" BIGINT NOT NULL,

    CONSTRAINT "destination_day_pkey" PRIMARY KEY ("destination_id", "day")
);

-- CreateIndex
CREATE INDEX "backup_day_day_idx" ON "backup_day"("day");

-- One backup's share of the sums, added (1) or taken away (-1). The source's row is written first: it orders whoever
-- changes several backups of one source, so that two of them never wait for each other.
CREATE FUNCTION count_backup(b backup_history, sign INTEGER) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  good CONSTANT BOOLEAN := b.status IN ('succeeded', 'partial');
BEGIN
  IF good AND b.deleted_at IS NULL AND NOT b.sample THEN
    INSERT INTO source_total AS t VALUES (b.source_id, sign, sign * b.stored_bytes)
    ON CONFLICT (source_id) DO UPDATE SET
      backups = t.backups + excluded.backups, stored_bytes = t.stored_bytes + excluded.stored_bytes;
  END IF;
  IF b.status IN ('succeeded', 'partial', 'failed', 'interrupted', 'missed') THEN
    INSERT INTO backup_day AS d VALUES (
      b.source_id, (b.started_at AT TIME ZONE 'UTC')::date,
      CASE b.status WHEN 'succeeded' THEN sign ELSE 0 END,
      CASE b.status WHEN 'partial' THEN sign ELSE 0 END,
      CASE b.status WHEN 'failed' THEN sign ELSE 0 END,
      CASE b.status WHEN 'interrupted' THEN sign ELSE 0 END,
      CASE b.status WHEN 'missed' THEN sign ELSE 0 END,
      CASE WHEN good THEN sign * b.source_bytes ELSE 0 END,
      CASE WHEN good THEN sign * b.stored_bytes ELSE 0 END)
    ON CONFLICT (source_id, day) DO UPDATE SET
      succeeded = d.succeeded + excluded.succeeded, partial = d.partial + excluded.partial,
      failed = d.failed + excluded.failed, interrupted = d.interrupted + excluded.interrupted,
      missed = d.missed + excluded.missed, source_bytes = d.source_bytes + excluded.source_bytes,
      stored_bytes = d.stored_bytes + excluded.stored_bytes;
  END IF;
END $$;

CREATE FUNCTION backup_history_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM count_backup(OLD, -1); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM count_backup(NEW, 1); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backup_history_counted AFTER INSERT OR DELETE ON "backup_history"
  FOR EACH ROW EXECUTE FUNCTION backup_history_counted();
CREATE TRIGGER backup_history_recounted AFTER UPDATE ON "backup_history" FOR EACH ROW
  WHEN ((OLD.source_id, OLD.status, OLD.started_at, OLD.source_bytes, OLD.stored_bytes, OLD.deleted_at IS NULL, OLD.sample)
    IS DISTINCT FROM
        (NEW.source_id, NEW.status, NEW.started_at, NEW.source_bytes, NEW.stored_bytes, NEW.deleted_at IS NULL, NEW.sample))
  EXECUTE FUNCTION backup_history_counted();

-- A copy that lies in its destination, whole or damaged. An empty class stands for the destination's own.
CREATE FUNCTION count_copy(c backup_copy, sign INTEGER) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF c.state IN ('stored', 'damaged') THEN
    INSERT INTO copy_total AS t
    SELECT c.destination_id, b.source_id, coalesce(c.storage_class, ''), sign, sign * c.stored_bytes
    FROM backup_history b WHERE b.id = c.backup_id
    ON CONFLICT (destination_id, source_id, storage_class) DO UPDATE SET
      copies = t.copies + excluded.copies, stored_bytes = t.stored_bytes + excluded.stored_bytes;
  END IF;
END $$;

CREATE FUNCTION backup_copy_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM count_copy(OLD, -1); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM count_copy(NEW, 1); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backup_copy_counted AFTER INSERT OR DELETE ON "backup_copy"
  FOR EACH ROW EXECUTE FUNCTION backup_copy_counted();
CREATE TRIGGER backup_copy_recounted AFTER UPDATE ON "backup_copy" FOR EACH ROW
  WHEN ((OLD.backup_id, OLD.destination_id, OLD.state, OLD.stored_bytes, OLD.storage_class)
    IS DISTINCT FROM (NEW.backup_id, NEW.destination_id, NEW.state, NEW.stored_bytes, NEW.storage_class))
  EXECUTE FUNCTION backup_copy_counted();

-- The foreign key would remove the copies when their backup is gone already, and with it whose they were.
CREATE FUNCTION backup_history_copies_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM backup_copy WHERE backup_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER backup_history_copies_first BEFORE DELETE ON "backup_history"
  FOR EACH ROW EXECUTE FUNCTION backup_history_copies_first();

-- Adds everything up anew: after a load with the triggers off, and to check them.
CREATE FUNCTION rebuild_totals() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE backup_history, backup_copy IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM source_total;
  DELETE FROM backup_day;
  DELETE FROM copy_total;
  INSERT INTO source_total
    SELECT source_id, count(*), sum(stored_bytes) FROM backup_history
    WHERE status IN ('succeeded', 'partial') AND deleted_at IS NULL AND NOT sample GROUP BY source_id;
  INSERT INTO backup_day
    SELECT source_id, (started_at AT TIME ZONE 'UTC')::date AS day,
      count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'partial'),
      count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'interrupted'),
      count(*) FILTER (WHERE status = 'missed'),
      coalesce(sum(source_bytes) FILTER (WHERE status IN ('succeeded', 'partial')), 0),
      coalesce(sum(stored_bytes) FILTER (WHERE status IN ('succeeded', 'partial')), 0)
    FROM backup_history WHERE status IN ('succeeded', 'partial', 'failed', 'interrupted', 'missed')
    GROUP BY source_id, day ORDER BY day, source_id;
  INSERT INTO copy_total
    SELECT c.destination_id, b.source_id, coalesce(c.storage_class, ''), count(*), sum(c.stored_bytes)
    FROM backup_copy c JOIN backup_history b ON b.id = c.backup_id
    WHERE c.state IN ('stored', 'damaged') GROUP BY 1, 2, 3;
END $$;

-- What lay in each destination at the end of each day, as far as the copies tell.
CREATE FUNCTION rebuild_destination_days() RETURNS void LANGUAGE sql AS $$
  INSERT INTO destination_day
  SELECT d.id, day::date, copies, bytes FROM destination d
  CROSS JOIN LATERAL (
    SELECT day, sum(sum(copies)) OVER (ORDER BY day) AS copies, sum(sum(bytes)) OVER (ORDER BY day) AS bytes FROM (
      SELECT (stored_at AT TIME ZONE 'UTC')::date AS day, count(*) AS copies, sum(stored_bytes) AS bytes
      FROM backup_copy WHERE destination_id = d.id AND stored_at IS NOT NULL GROUP BY 1
      UNION ALL
      SELECT (deleted_at AT TIME ZONE 'UTC')::date, -count(*), -sum(stored_bytes)
      FROM backup_copy WHERE destination_id = d.id AND stored_at IS NOT NULL AND deleted_at IS NOT NULL GROUP BY 1
    ) AS changes GROUP BY day
  ) AS days
  ON CONFLICT (destination_id, day) DO UPDATE SET copies = excluded.copies, stored_bytes = excluded.stored_bytes
$$;

SELECT rebuild_totals();
SELECT rebuild_destination_days();
