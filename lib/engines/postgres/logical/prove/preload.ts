import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { ManifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'
import { isInstalled } from '@/lib/engines/postgres/sandbox/is-installed'

/** Extensions that cannot be made, or used, where their library was not loaded at the start. */
const wantedAtStart = new Set([
  'age',
  'citus',
  'pg_cron',
  'pg_squeeze',
  'pgaudit',
  'pglogical',
  'set_user',
  'timescaledb',
])

/** Settings with which a library does nothing by itself: nothing of a backup may run on its own. */
const quiet: Record<string, (database: string) => Settings> = {
  pg_cron: (database) => ({
    'cron.database_name': database,
    'cron.launch_active_jobs': 'off',
    'cron.use_background_workers': 'off',
    'cron.host': '/nowhere',
    'cron.log_run': 'off',
  }),
  timescaledb: () => ({ 'timescaledb.telemetry_level': 'off', 'timescaledb.max_background_workers': '0' }),
}

/**
 * What a sandbox's server loads at its start: what the source's loads, or what extensions are known to want, as far as
 * the database has an extension of that name and the library is on this machine.
 */
export function preloadSettings(server: Installation, facts: ManifestFacts, database: string): Settings {
  const { preload, extensions } = facts
  const candidates = preload ?? extensions.filter((name) => wantedAtStart.has(name))
  const libraries = candidates.filter((name) => extensions.includes(name) && isInstalled(server, name))
  if (libraries.length === 0) return {}
  const own = libraries.map((name) => quiet[name]?.(database) ?? {})
  return Object.assign({ shared_preload_libraries: libraries.join(',') }, ...own)
}
