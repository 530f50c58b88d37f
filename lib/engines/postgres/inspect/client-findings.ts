import { join } from 'node:path'
import type { Finding } from '@/lib/contracts/source'
import { mendedVersion } from '@/lib/core/known-holes'
import { findInstallations, type Installation } from '@/lib/engines/postgres/connect/find-client'

/** A warning for each client whose known holes are mended in a newer version, by name. */
export function clientFindings(installed: readonly Installation[]): Finding[] {
  return installed.flatMap(({ folder, version, major }): Finding[] => {
    const mended = mendedVersion(version)
    if (mended === null) return []
    const update =
      Number.parseInt(mended, 10) === major
        ? `Debian or Ubuntu: apt-get update && apt-get install --only-upgrade postgresql-client-${major}. Red Hat: dnf upgrade postgresql${major}. macOS: brew upgrade libpq.`
        : `Version ${major} gets no updates any more. Install the client of version ${mended} or newer.`
    return [
      {
        severity: 'warning',
        code: 'client-known-holes',
        message: `${join(folder, 'pg_dump')} has version ${version}, which has known security holes; they are mended in ${mended}.`,
        remedy: `Update it: a server or a dump that means harm could run code on this machine. ${update}`,
      },
    ]
  })
}

/** The same for every client on this machine, whichever a backup will use. */
export async function programFindings(): Promise<Finding[]> {
  return clientFindings(await findInstallations('pg_dump'))
}
