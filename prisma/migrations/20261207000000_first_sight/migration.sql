-- Unknown objects are judged by when we saw them first, never by the clock of their store. What is gone has no row: an object
-- that comes again is a new one.
DELETE FROM "storage_finding" AS finding
WHERE finding.gone_at IS NOT NULL
   OR EXISTS (SELECT FROM "destination" WHERE "destination".id = finding.destination_id AND "destination".deleted_at IS NOT NULL);

ALTER TABLE "storage_finding"
  DROP COLUMN "gone_at",
  ALTER COLUMN "last_modified" DROP NOT NULL,
  ADD COLUMN "version" TEXT,
  ADD COLUMN "reported_at" TIMESTAMPTZ(3);

-- Until now a row kept its first sight when its object went and came again: then the store's word is the later one. All were told of.
UPDATE "storage_finding" SET "first_seen_at" = LEAST(now(), GREATEST("first_seen_at", "last_modified"));
UPDATE "storage_finding"
SET "reported_at" = "first_seen_at", "last_modified" = NULLIF("last_modified", TIMESTAMPTZ '1970-01-01 00:00:00Z');
