-- Operations: shared policies, grace time before deletion, copies that are caught up, limits, second factors,
-- invitations, approvals, and the hash chain of the audit log.
-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "oidc_issuer" TEXT,
ADD COLUMN     "oidc_subject" TEXT,
ADD COLUMN     "recovery_codes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "totp_confirmed_at" TIMESTAMPTZ(3),
ADD COLUMN     "totp_last_step" BIGINT,
ADD COLUMN     "totp_sealed" TEXT,
ALTER COLUMN "password_hash" DROP NOT NULL;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "address" TEXT,
ADD COLUMN     "method" TEXT NOT NULL DEFAULT 'password',
ADD COLUMN     "step_up_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "api_token" ADD COLUMN     "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "source_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- AlterTable
ALTER TABLE "source" ADD COLUMN     "retention_pause" JSONB,
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "destination" ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "retention_policy_id" UUID;

-- AlterTable
ALTER TABLE "schedule" ADD COLUMN     "policy_id" UUID;

-- AlterTable
ALTER TABLE "job" ADD COLUMN     "destination_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "host" TEXT,
ADD COLUMN     "start_after" TIMESTAMPTZ(3),
ADD COLUMN     "wait_reason" TEXT;

-- AlterTable
ALTER TABLE "backup_history" ADD COLUMN     "delete_after" TIMESTAMPTZ(3),
ADD COLUMN     "row_estimate" BIGINT,
ADD COLUMN     "table_count" INTEGER;

-- AlterTable
ALTER TABLE "backup_copy" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "delete_after" TIMESTAMPTZ(3),
ADD COLUMN     "delete_reason" TEXT,
ADD COLUMN     "retry_at" TIMESTAMPTZ(3),
ADD COLUMN     "storage_class" TEXT;

-- AlterTable
ALTER TABLE "channel" ADD COLUMN     "routing" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "alert" ADD COLUMN     "acknowledged_at" TIMESTAMPTZ(3),
ADD COLUMN     "acknowledged_by" JSONB,
ADD COLUMN     "reminded_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN     "hash" TEXT;

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "requested_by" JSONB NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by" JSONB,
    "decided_at" TIMESTAMPTZ(3),
    "decision" TEXT,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "catch_up" TEXT NOT NULL DEFAULT 'once',
    "destination_ids" UUID[],
    "retention_policy_id" UUID,
    "options" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "storage_finding" (
    "id" UUID NOT NULL,
    "destination_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "last_modified" TIMESTAMPTZ(3) NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "storage_finding_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE INDEX "approval_action_subject_id_idx" ON "approval"("action", "subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "storage_finding_destination_id_key_key" ON "storage_finding"("destination_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_oidc_issuer_oidc_subject_key" ON "app_user"("oidc_issuer", "oidc_subject");

-- CreateIndex
CREATE INDEX "schedule_policy_id_idx" ON "schedule"("policy_id");

-- AddForeignKey
ALTER TABLE "destination" ADD CONSTRAINT "destination_retention_policy_id_fkey" FOREIGN KEY ("retention_policy_id") REFERENCES "retention_policy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_policy_id_fkey" FOREIGN KEY ("policy_id") REFERENCES "policy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "storage_finding" ADD CONSTRAINT "storage_finding_destination_id_fkey" FOREIGN KEY ("destination_id") REFERENCES "destination"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- A name may be used again once its policy was deleted.
CREATE UNIQUE INDEX "policy_name_live" ON "policy" ("name") WHERE "deleted_at" IS NULL;
