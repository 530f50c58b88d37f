-- A source and a destination may have several secrets, each sealed by itself under the name of its field.
ALTER TABLE "source" ADD COLUMN "secrets_sealed" JSONB NOT NULL DEFAULT '{}';
UPDATE "source" SET "secrets_sealed" = jsonb_build_object('password', "secret_sealed") WHERE "secret_sealed" IS NOT NULL;
ALTER TABLE "source" DROP COLUMN "secret_sealed";

ALTER TABLE "destination" ADD COLUMN "secrets_sealed" JSONB NOT NULL DEFAULT '{}';
UPDATE "destination" SET "secrets_sealed" = jsonb_build_object('secretAccessKey', "secret_sealed") WHERE "secret_sealed" IS NOT NULL;
ALTER TABLE "destination" DROP COLUMN "secret_sealed";
