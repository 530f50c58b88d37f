-- Signed manifests: each source counts its backups, and each backup remembers its number and its signature file.
ALTER TABLE "source" ADD COLUMN     "last_sequence" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "source" ADD COLUMN     "chain_head" JSONB;
ALTER TABLE "backup_history" ADD COLUMN     "sequence" INTEGER;
ALTER TABLE "backup_history" ADD COLUMN     "signature_sha256" TEXT;
ALTER TABLE "backup_history" ADD COLUMN     "signature" TEXT;

-- The signed list of a source's backups that lies in a destination, as it was written last.
CREATE TABLE "signed_list" (
    "destination_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "content_sha256" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signed_list_pkey" PRIMARY KEY ("destination_id","source_id")
);

-- Whose keys open a copy: age recipients, or "*" for one that is not encrypted. Copies of earlier versions open with what
-- their manifest says.
ALTER TABLE "backup_copy" ADD COLUMN     "wrapped_for" TEXT[] NOT NULL DEFAULT '{}';

UPDATE "backup_copy" AS copy SET "wrapped_for" = CASE jsonb_typeof(backup.manifest -> 'encryption')
    WHEN 'object' THEN ARRAY(SELECT jsonb_array_elements_text(backup.manifest -> 'encryption' -> 'wrappedFor'))
    WHEN 'null' THEN ARRAY['*']
    ELSE '{}'::text[] END
FROM "backup_history" AS backup
WHERE backup.id = copy.backup_id AND backup.manifest IS NOT NULL;
