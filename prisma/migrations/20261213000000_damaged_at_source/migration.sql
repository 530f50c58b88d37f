-- What its server itself reported as damaged while it was taken: such a backup does not let older ones go.
ALTER TABLE "backup_history" ADD COLUMN "damaged_at_source" BOOLEAN NOT NULL DEFAULT false;
