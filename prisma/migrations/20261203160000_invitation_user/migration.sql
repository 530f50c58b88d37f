-- A link that sets the password of an account that exists is told apart from one that makes an account.
-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "user_id" UUID;
