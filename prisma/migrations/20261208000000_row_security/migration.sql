-- Requests of a token that is limited to sources see the rows of these sources only, by row security: whatever SQL they
-- run, by whatever name, view or function it reaches a table (docs/security.md, lib/db/limit-to-sources.ts).
--
-- Row security is enabled but not forced, so the owner of the tables, who is the web, the worker and migrations, is not
-- affected. Forced, it would be, and so would be their pg_dump, which refuses to run where rows might be hidden. Limited
-- requests take another role for the length of their transaction, holdfast_limited_<role of DATABASE_URL>. It does not own
-- the tables, so it is held also where DATABASE_URL connects as a superuser.
--
-- No role is named here: roles belong to the whole server, and a dump that names one cannot be restored where it is
-- missing. Each start makes the role and gives it its rights (lib/db/limited-role.ts). The policies are for every role
-- that is not the owner; without the setting they raise an error instead of showing an empty catalog.

ALTER TABLE "source" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "source"
  USING ("id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "schedule" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "schedule"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

-- A job of no source is of the whole instance.
ALTER TABLE "job" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "job"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "backup_history" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "backup_history"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

-- The other table is read by the same rules.
ALTER TABLE "backup_copy" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "backup_copy"
  USING (EXISTS (SELECT FROM "backup_history" b WHERE b."id" = "backup_id"));

ALTER TABLE "restore_test" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "restore_test"
  USING (EXISTS (SELECT FROM "backup_history" b WHERE b."id" = "backup_id"));

-- A restore belongs to the source whose server it writes to, as its job does.
ALTER TABLE "restore" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "restore"
  USING ("target" ->> 'sourceId' = ANY ((SELECT current_setting('holdfast.source_ids'))::text[]));

ALTER TABLE "restore_grant" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "restore_grant"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[])
    AND "target_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "alert" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "alert"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "alert_delivery" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "alert_delivery"
  USING (EXISTS (SELECT FROM "alert" a WHERE a."id" = "alert_id"));

ALTER TABLE "signed_list" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "signed_list"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

-- Triggers write these as whoever made the change.
ALTER TABLE "source_total" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "source_total"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "source_state" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "source_state"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "source_change" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "source_change"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "backup_day" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "backup_day"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

ALTER TABLE "copy_total" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "copy_total"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

-- A view reads as its owner, to whom the policies do not apply, unless it says otherwise.
ALTER VIEW "source_now" SET (security_invoker = true);
