-- Retention: which server a backup is of, what it needs to be restored, who decided that it goes, and what a source's
-- retention went by last time.
ALTER TABLE "backup_history" ADD COLUMN     "identity" TEXT,
ADD COLUMN     "depends_on" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "delete_cause" TEXT;

ALTER TABLE "source" ADD COLUMN     "retention_state" JSONB;

UPDATE "backup_history" SET "identity" = "manifest" -> 'engineFacts' ->> 'serverMajor' WHERE "manifest" IS NOT NULL;

-- What waits for its time is looked for every hour.
CREATE INDEX "backup_history_delete_after" ON "backup_history" ("delete_after") WHERE "delete_after" IS NOT NULL AND "deleted_at" IS NULL;
CREATE INDEX "backup_copy_delete_after" ON "backup_copy" ("delete_after") WHERE "delete_after" IS NOT NULL AND "deleted_at" IS NULL;
