-- The evidence document of a restore test, as its exact signed text.
ALTER TABLE "restore_test" ADD COLUMN "signed_evidence" TEXT;
