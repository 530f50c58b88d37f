import { readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toolVersion } from './tool-version'

/** One folder with PostgreSQL binaries. */
export interface Installation {
  folder: string
  version: string
  major: number
}

/** Folders whose subfolders are named by version, and the place of the binaries in them. */
const versioned: { parent: string; name: RegExp; bin: string }[] = [
  { parent: '/usr/lib/postgresql', name: /^\d/, bin: 'bin' },
  { parent: '/usr', name: /^pgsql-\d/, bin: 'bin' },
  { parent: '/opt/homebrew/opt', name: /^(postgresql@|libpq$)/, bin: 'bin' },
  { parent: '/usr/local/opt', name: /^(postgresql@|libpq$)/, bin: 'bin' },
  { parent: '/Library/PostgreSQL', name: /^\d/, bin: 'bin' },
]

/** Where binaries may be, the administrator's own folders (HOLDFAST_PG_BIN) first. */
async function candidateFolders(): Promise<string[]> {
  const own = (process.env.HOLDFAST_PG_BIN ?? '').split(delimiter)
  const found = await Promise.all(
    versioned.map(async ({ parent, name, bin }) => {
      const names = await readdir(parent).catch(() => [])
      return names.filter((entry) => name.test(entry)).map((entry) => join(parent, entry, bin))
    }),
  )
  const path = (process.env.PATH ?? '').split(delimiter)
  return [...new Set([...own, ...found.flat(), ...path].filter((folder) => folder.startsWith('/')))]
}

/** Every folder that has the tool, in the order of preference. */
export async function findInstallations(tool: 'pg_dump' | 'postgres'): Promise<Installation[]> {
  const folders = await candidateFolders()
  const found = await Promise.all(
    folders.map(async (folder) => {
      const version = await toolVersion(join(folder, tool))
      const major = version ? Number.parseInt(version, 10) : Number.NaN
      return version && Number.isFinite(major) ? { folder, version, major } : null
    }),
  )
  return found.filter((entry) => entry !== null)
}

const packages = (major: number) =>
  `Debian or Ubuntu: apt-get install postgresql-client-${major}. Red Hat: dnf install postgresql${major}. macOS: brew install libpq. Or name a folder with the binaries in HOLDFAST_PG_BIN.`

/** The client for a server: its own major version, else the next newer one installed. Never an older one. */
export async function findClient(serverMajor: number, serverVersion: string): Promise<Installation> {
  const installed = await findInstallations('pg_dump')
  if (installed.length === 0) {
    throw new HoldfastError(
      'client-missing',
      'pg_dump, the PostgreSQL client program, is not installed on this machine.',
      {
        remedy: `Install it. ${packages(serverMajor)}`,
        facts: { serverVersion },
      },
    )
  }
  const newEnough = installed.filter((entry) => entry.major >= serverMajor).sort((a, b) => a.major - b.major)
  if (newEnough[0]) return newEnough[0]
  const newest = installed.reduce((a, b) => (b.major > a.major ? b : a))
  throw new HoldfastError(
    'client-too-old',
    `The server has version ${serverVersion}, but the newest pg_dump on this machine is ${newest.version}: it cannot back up a newer server.`,
    {
      remedy: `Install the client of version ${serverMajor} or newer. ${packages(serverMajor)}`,
      facts: { serverVersion, clientVersion: newest.version, clientPath: join(newest.folder, 'pg_dump') },
    },
  )
}

/** The newest client installed, for work that needs no server. */
export async function findNewestClient(): Promise<Installation> {
  const installed = await findInstallations('pg_dump')
  const first = installed[0]
  if (!first) {
    throw new HoldfastError(
      'client-missing',
      'pg_restore, a PostgreSQL client program, is not installed on this machine.',
      {
        remedy:
          'Install it. Debian or Ubuntu: apt-get install postgresql-client. Or name a folder with the binaries in HOLDFAST_PG_BIN.',
      },
    )
  }
  return installed.reduce((a, b) => (b.major > a.major ? b : a), first)
}

/** Server binaries of exactly this major version, for a sandbox. */
export async function findServer(major: number): Promise<Installation> {
  const server = (await findInstallations('postgres')).find((entry) => entry.major === major)
  if (server) return server
  throw new HoldfastError(
    'sandbox-unavailable',
    `No PostgreSQL ${major} server programs are installed for the sandbox.`,
    {
      remedy: `Install them; the server need not be running. Debian or Ubuntu: apt-get install postgresql-${major}. Or name a folder with initdb and postgres in HOLDFAST_PG_BIN.`,
      facts: { major },
    },
  )
}
