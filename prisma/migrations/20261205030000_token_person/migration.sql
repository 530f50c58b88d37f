-- The person whom a token goes back to: with four eyes two persons are needed, and a token ends with its maker.
-- AlterTable
ALTER TABLE "api_token" ADD COLUMN     "created_by_user_id" UUID;

-- Who made the tokens that exist is said for certain by the event of their creation, followed through tokens made by
-- tokens. Without such an event the maker's address counts, unless a token bears the same name. What stays unsaid was
-- made by nobody.
WITH RECURSIVE made AS (
  SELECT token."id", token."created_by", (
    SELECT event."actor" FROM "audit_event" event
    WHERE event."action" = 'token.create' AND event."subject_id" = token."id"::text
    ORDER BY event."id" LIMIT 1
  ) AS maker
  FROM "api_token" token
), owned AS (
  SELECT made."id", person."id" AS user_id
  FROM made JOIN "app_user" person ON CASE
    WHEN made.maker IS NOT NULL THEN made.maker ->> 'type' = 'user' AND made.maker ->> 'id' = person."id"::text
    ELSE made."created_by" = person."email"
      AND NOT EXISTS (SELECT FROM "api_token" other WHERE other."name" = made."created_by")
    END
  UNION
  SELECT made."id", owned.user_id
  FROM made JOIN owned ON made.maker ->> 'type' = 'token' AND made.maker ->> 'id' = owned."id"::text
)
UPDATE "api_token" SET "created_by_user_id" = owned.user_id FROM owned WHERE "api_token"."id" = owned."id";

-- CreateIndex
CREATE INDEX "api_token_created_by_user_id_idx" ON "api_token"("created_by_user_id");

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_created_by_user_id_fkey" FOREIGN KEY ("created_by_user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
