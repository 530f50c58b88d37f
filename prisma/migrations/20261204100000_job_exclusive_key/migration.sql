-- AlterTable
ALTER TABLE "job" ADD COLUMN     "exclusive_key" TEXT;

-- CreateIndex
CREATE INDEX "restore_test_job_id_idx" ON "restore_test"("job_id");

-- CreateIndex
CREATE INDEX "restore_job_id_idx" ON "restore"("job_id");
