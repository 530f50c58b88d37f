/** What opens something: our own secrets, and those that a store's library looks for in the environment. */
const secretName =
  /(^DATABASE_URL$|^HOLDFAST_(CATALOG_BACKUP|SAMPLE)_URL$|PASSWORD$|SECRET$|TOKEN$|_KEY$|PASSPHRASE$|_CREDENTIALS$)/

/**
 * Parts an environment into what everybody may see and what is secret. An environment can be read in /proc as long as its
 * process runs, whatever the process does; secrets are handed over by a pipe instead (take-secrets.ts).
 */
export function partSecrets(env: Record<string, string>): {
  open: Record<string, string>
  secrets: Record<string, string>
} {
  const entries = Object.entries(env)
  return {
    open: Object.fromEntries(entries.filter(([name]) => !secretName.test(name))),
    secrets: Object.fromEntries(entries.filter(([name]) => secretName.test(name))),
  }
}
