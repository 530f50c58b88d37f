import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { failureLine } from '../bootstrap/fail.mjs'
import { run } from '../bootstrap/run.mjs'
import { aptInstall, has } from '../bootstrap/system-tools.mjs'
import { say, StartError, warn } from '../bootstrap/say.mjs'

/** A program the tests run, and the Debian package that holds it. */
const NEEDED = [
  ['pg_dump', 'postgresql'],
  ['postgres', 'postgresql'],
  ['zstd', 'zstd'],
  ['lz4', 'lz4'],
  ['bzip2', 'bzip2'],
  ['xz', 'xz-utils'],
  ['age', 'age'],
  // The sandbox, and the rooms that its tests put it into.
  ['bwrap', 'bubblewrap'],
  ['newuidmap', 'uidmap'],
  ['pkill', 'procps'],
  ['perl', 'perl-base'],
  ['pgbouncer', 'pgbouncer'],
  ['setfattr', 'attr'],
  ['setfacl', 'acl'],
  ['setcap', 'libcap2-bin'],
  ['sqlite3', 'sqlite3'],
]
/** What databases from the field have, by a file of the package. */
const NEEDED_BY_CASES = [
  ['/usr/share/postgresql/15/extension/pg_cron.control', 'postgresql-15-cron'],
  ['/usr/share/postgresql/15/extension/pg_partman.control', 'postgresql-15-partman'],
  ['/usr/share/postgresql/15/extension/pg_repack.control', 'postgresql-15-repack'],
  ['/usr/share/postgresql/15/extension/pgaudit.control', 'postgresql-15-pgaudit'],
  ['/usr/share/postgresql/15/extension/postgis.control', 'postgresql-15-postgis-3'],
  ['/usr/share/i18n/locales/de_DE', 'locales'],
]
/** Of these the servers of the tests have databases and amounts of money, and so does the sandbox. */
const LOCALES = ['de_DE.UTF-8', 'es_AR.UTF-8']
const NEEDED_BY_BROWSER = [['chromium', 'chromium']]
const NEEDED_BY_S3 = [['debootstrap', 'debootstrap']]
/** What the benchmark is compared with. */
const NEEDED_BY_BENCH = [['pgbackrest', 'pgbackrest']]
/** PostgreSQL's own test suite has a few functions in C. */
const NEEDED_BY_REGRESSION = [
  ['gcc', 'gcc'],
  ['bzip2', 'bzip2'],
  ['xz', 'xz-utils'],
]
/** Packages without a program of their own. */
const WITH = { postgresql: ['postgresql-contrib'], chromium: ['fonts-liberation'], gcc: ['libc6-dev'] }

/** Installs what is missing, or says the one command: tests on real parts cannot run without them. */
export async function installForTests({ browser, s3, bench = false }) {
  await installPackages([
    ...NEEDED,
    ...(browser ? NEEDED_BY_BROWSER : []),
    ...(bench ? NEEDED_BY_BENCH : []),
    ...(s3 ? [...NEEDED_BY_S3, ...NEEDED_BY_REGRESSION, ...NEEDED_BY_CASES] : []),
  ])
  if (s3) await makeLocales()
  if (s3) await fetchRegressionSuite('15')
  if (s3) await fetchPrometheus()
  if (s3) await fetchPostgres17()
}

const isThere = (program) =>
  program.startsWith('/') ? existsSync(program) : has(program) || existsSync(`/usr/sbin/${program}`)

async function makeLocales() {
  const there = new Set(execFileSync('locale', ['-a'], { encoding: 'utf8' }).toLowerCase().split('\n'))
  const missing = LOCALES.filter((name) => !there.has(name.toLowerCase().replace('utf-8', 'utf8')))
  if (!missing.length) return
  const commands = missing.map((name) => ['-i', name.split('.')[0], '-f', 'UTF-8', name])
  if (process.getuid?.() !== 0) {
    const typed = commands.map((args) => `sudo localedef ${args.join(' ')}`).join('; ')
    throw new StartError(`The tests need the locales ${missing.join(', ')}: ${typed}`)
  }
  for (const args of commands) await run('localedef', args)
}

async function installPackages(wanted) {
  const missing = new Set(wanted.filter(([program]) => !isThere(program)).map(([, name]) => name))
  const names = [...missing].flatMap((name) => [name, ...(WITH[name] ?? [])])
  if (!names.length) return
  if (!has('apt-get') || process.getuid?.() !== 0) {
    throw new StartError(`The tests need ${names.join(', ')}. On Debian: sudo apt-get install -y ${names.join(' ')}`)
  }
  say(`Installing ${names.join(', ')}`)
  await aptInstall(names).catch((cause) => {
    throw new StartError(`The tests need ${names.join(', ')}, which could not be installed`, { cause })
  })
}

/** Here for the reason below; the tests that need it install it again, which is red when it cannot be installed. */
async function fetchPrometheus() {
  const cache = process.env.HOLDFAST_TEST_CACHE || path.join(homedir(), '.cache/holdfast-test')
  const script = fileURLToPath(new URL('../servers/prometheus.sh', import.meta.url))
  await run('bash', [script, 'install', path.join(cache, 'prometheus')]).catch((error) => warn(failureLine(error)))
}

/**
 * Here and not in the test, which has no settings of a proxy. When it fails, the test tries again and says what is
 * wrong: everything else can run.
 */
async function fetchRegressionSuite(major, ...tree) {
  const cache = process.env.HOLDFAST_TEST_CACHE || path.join(homedir(), '.cache/holdfast-test')
  const script = fileURLToPath(new URL('regression-database.sh', import.meta.url))
  const timer = setTimeout(() => say("Fetching PostgreSQL's own test suite (once)"), 3_000)
  await run('bash', [script, 'fetch', major, cache, ...tree])
    .catch((error) => warn(failureLine(error)))
    .finally(() => clearTimeout(timer))
}

/** The same: the tests of PostgreSQL 17 try again. */
async function fetchPostgres17() {
  const script = fileURLToPath(new URL('../servers/portable-pg.sh', import.meta.url))
  const timer = setTimeout(() => say('Fetching PostgreSQL 17 beside the one that is here (once)'), 3_000)
  const made = await run('bash', [script, 'install'])
    .catch((error) => warn(failureLine(error)))
    .finally(() => clearTimeout(timer))
  const tree = /PG_BIN=(\S+)\/usr\/lib\/postgresql\//.exec(made ?? '')?.[1]
  if (tree) await fetchRegressionSuite('17', tree)
}
