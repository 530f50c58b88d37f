-- What an engine counts in a backup differs by engine: names with units, instead of a column for each. Written anew in one
-- pass; an UPDATE of a long history would leave every row behind a second time.
ALTER TABLE "backup_history" ALTER COLUMN "row_estimate" TYPE JSONB USING
  CASE WHEN "row_estimate" >= 0
    THEN jsonb_build_array(jsonb_build_object('name', 'rows', 'of', 'items', 'unit', 'count', 'value', "row_estimate"))
    ELSE '[]' END
  || CASE WHEN "table_count" >= 0
    THEN jsonb_build_array(jsonb_build_object('name', 'tables', 'of', 'containers', 'unit', 'count', 'value', "table_count"))
    ELSE '[]' END;
ALTER TABLE "backup_history" RENAME COLUMN "row_estimate" TO "measures";
ALTER TABLE "backup_history"
  ALTER COLUMN "measures" SET DEFAULT '[]',
  ALTER COLUMN "measures" SET NOT NULL,
  DROP COLUMN "table_count";
