-- Which source holds this catalog is a fact of its own, whatever the source is called.
-- AlterTable
ALTER TABLE "source" ADD COLUMN     "catalog" BOOLEAN NOT NULL DEFAULT false;

-- The one that the first start made, one that points to this database, and one whose newest backup has its tables.
UPDATE "source" SET "catalog" = true
 WHERE "engine" = 'postgres' AND (
   "name" = 'Holdfast catalog'
   OR ("connection"->>'database' = current_database()
       AND "connection"->>'host' IN ('127.0.0.1', '::1', 'localhost')
       AND "connection"->>'port' = current_setting('port'))
   OR (SELECT "manifest" #> '{engineFacts,tables}' FROM "backup_history"
        WHERE "source_id" = "source"."id" AND "manifest" IS NOT NULL ORDER BY "started_at" DESC LIMIT 1)
      @> '["public.app_user", "public.api_token", "public.audit_event"]');

-- Backups of one source may be restored with the role of another only where an administrator allowed it.
-- CreateTable
CREATE TABLE "restore_grant" (
    "id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "target_id" UUID NOT NULL,
    "granted_by" TEXT NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "restore_grant_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "restore_grant_source_id_target_id_key" ON "restore_grant"("source_id", "target_id");

-- AddForeignKey
ALTER TABLE "restore_grant" ADD CONSTRAINT "restore_grant_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "restore_grant" ADD CONSTRAINT "restore_grant_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;
