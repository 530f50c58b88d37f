import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { apt } from './apt.mjs'
import { failureLine } from './fail.mjs'
import { say, StartError, warn } from './say.mjs'

/** Where distributions put the PostgreSQL programs that are not on PATH. */
function programFolders() {
  const versioned = ['/usr/lib/postgresql', '/usr/libexec/postgresql'].flatMap((base) =>
    existsSync(base) ? readdirSync(base).map((version) => path.join(base, version, 'bin')) : [],
  )
  const others = existsSync('/usr')
    ? readdirSync('/usr')
        .filter((name) => name.startsWith('pgsql-'))
        .map((name) => `/usr/${name}/bin`)
    : []
  const brew = ['/opt/homebrew/bin', '/usr/local/bin']
  const set = (process.env.HOLDFAST_PG_BIN ?? '').split(path.delimiter)
  return [...set, ...(process.env.PATH ?? '').split(path.delimiter), ...versioned, ...others, ...brew].filter(Boolean)
}

export const has = (program) => programFolders().some((folder) => existsSync(path.join(folder, program)))

const PACKAGES = {
  apt: { postgres: ['postgresql', 'postgresql-contrib'], xz: 'xz-utils', command: 'apt-get install -y' },
  dnf: { postgres: ['postgresql-server', 'postgresql-contrib'], xz: 'xz', command: 'dnf install -y' },
  apk: { postgres: ['postgresql', 'postgresql-contrib'], xz: 'xz', command: 'apk add' },
  brew: { postgres: ['postgresql@15'], xz: 'xz', command: 'brew install' },
}

/** Programs a source may choose to be compressed by; the package has the program's name but for xz. */
export const COMPRESSORS = ['zstd', 'lz4', 'bzip2', 'xz']

function packageManager() {
  const programs = { apt: 'apt-get', dnf: 'dnf', apk: 'apk', brew: 'brew' }
  return Object.keys(programs).find((name) => has(programs[name])) ?? null
}

/**
 * The PostgreSQL client and server programs (dumps, restore tests) and the compressors. As root on Debian they are installed;
 * otherwise the one command is named and the start goes on: the screen works, and says itself what it cannot do.
 */
export async function ensureSystemTools() {
  const needPostgres = !['pg_dump', 'pg_restore', 'psql', 'initdb', 'postgres'].every(has)
  const compressors = COMPRESSORS.filter((program) => !has(program))
  const needSandbox = process.platform === 'linux' && !has('bwrap')
  if (!needPostgres && !compressors.length && !needSandbox) return
  const manager = packageManager()
  const names = manager
    ? [
        ...(needPostgres ? PACKAGES[manager].postgres : []),
        ...compressors.map((program) => (program === 'xz' ? PACKAGES[manager].xz : program)),
        ...(needSandbox ? ['bubblewrap'] : []),
      ]
    : []
  const sandbox = needSandbox ? ['bubblewrap (keeps restore tests apart from this machine)'] : []
  const postgres = needPostgres ? ['PostgreSQL programs (backups and restore tests need them)'] : []
  const what = [...postgres, ...(needPostgres ? [] : compressors), ...sandbox].join(', ')
  if (manager === 'apt' && process.getuid?.() === 0 && process.env.HOLDFAST_NO_INSTALL !== '1') {
    say(`Installing ${names.join(', ')}`)
    try {
      return await aptInstall(names)
    } catch (error) {
      warn(failureLine(new StartError(`Could not install the ${what}`, { cause: error })))
    }
  }
  const sudo = process.getuid?.() === 0 || manager === 'brew' ? '' : 'sudo '
  warn(
    manager
      ? `Missing: ${what}. Install: ${sudo}${PACKAGES[manager].command} ${names.join(' ')}`
      : `Missing: ${what}. Install PostgreSQL 15 or newer, ${COMPRESSORS.join(', ')}.`,
  )
}

/** Installs Debian packages without letting postgresql create and start a server of its own. */
export async function aptInstall(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
  const restore = names.includes('postgresql') ? preventMainCluster() : () => undefined
  try {
    const install = () => apt(['install', '-y', '-q', '--no-install-recommends', ...names], { env })
    // The package lists of a fresh machine are absent or old: refresh them only when that is why it failed.
    await install().catch(async (error) => {
      if (error instanceof StartError) throw error
      await apt(['update', '-q'], { env })
      await install()
    })
  } finally {
    restore()
  }
}

function preventMainCluster() {
  const file = '/etc/postgresql-common/createcluster.conf'
  if (existsSync(file)) return () => undefined
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, 'create_main_cluster = false\n')
  return () => rmSync(file, { force: true })
}
