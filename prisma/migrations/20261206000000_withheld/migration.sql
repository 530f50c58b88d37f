-- What a backup lacks because its role is not shown it, and what the tools that took it warned of.
ALTER TABLE "backup_history"
  ADD COLUMN "withheld" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "warnings" TEXT[] DEFAULT ARRAY[]::TEXT[];
