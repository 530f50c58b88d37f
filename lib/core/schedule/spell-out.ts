/** Shortcuts of crontab(5), as the fields that they stand for. */
const shortcuts: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** A shortcut in its five fields, so that what is stored and shown is what runs; anything else as it is. */
export const spellOut = (cron: string): string => shortcuts[cron.trim().toLowerCase()] ?? cron
