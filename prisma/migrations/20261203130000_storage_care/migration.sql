-- What the regular looks at a destination found last, and the copies that are due to be tried again.
ALTER TABLE "destination" ADD COLUMN     "care" JSONB NOT NULL DEFAULT '{}';

CREATE INDEX "backup_copy_retry_at" ON "backup_copy" ("retry_at") WHERE "retry_at" IS NOT NULL;
