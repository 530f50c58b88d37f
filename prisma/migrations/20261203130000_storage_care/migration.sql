-- What the regular looks at a destination found last, and the copies that are due to be tried again.
ALTER TABLE "destination" ADD COLUMN     "care" JSONB NOT NULL DEFAULT '{}';

CREATE INDEX "backup_copy_retry_at" ON "backup_copy" ("retry_at") WHERE "retry_at" IS NOT NULL;

-- Copies that earlier versions left missing are caught up, too.
UPDATE "backup_copy" AS copy SET "retry_at" = now()
FROM "backup_history" AS backup
WHERE backup.id = copy.backup_id AND backup.status = 'partial' AND backup.deleted_at IS NULL AND NOT backup.sample
  AND copy.state = 'failed';
