/** SQL for a role that may make databases and reaches nothing else. What it restores belongs to it. */
export function restoreRoleSql(): string {
  return `-- Run as an administrator of the target server. Choose a password of your own.
CREATE ROLE "holdfast_restore" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD 'change-me';
-- Then let this source connect as holdfast_restore, or add the server once more as a source that does, and restore with
-- owners left out.
`
}
