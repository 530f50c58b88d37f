import { existsSync } from 'node:fs'
import { aptInstall, has } from '../bootstrap/system-tools.mjs'
import { say, StartError } from '../bootstrap/say.mjs'

/** A program the tests run, and the Debian package that holds it. */
const NEEDED = [
  ['pg_dump', 'postgresql'],
  ['postgres', 'postgresql'],
  ['zstd', 'zstd'],
  ['age', 'age'],
]
const NEEDED_BY_BROWSER = [['chromium', 'chromium']]
const NEEDED_BY_S3 = [['debootstrap', 'debootstrap']]
/** Packages without a program of their own. */
const WITH = { postgresql: ['postgresql-contrib'], chromium: ['fonts-liberation'] }

/** Installs what is missing, or says the one command: tests on real parts cannot run without them. */
export async function installForTests({ browser, s3 }) {
  const wanted = [...NEEDED, ...(browser ? NEEDED_BY_BROWSER : []), ...(s3 ? NEEDED_BY_S3 : [])]
  const missing = new Set(
    wanted.filter(([program]) => !has(program) && !existsSync(`/usr/sbin/${program}`)).map(([, name]) => name),
  )
  const names = [...missing].flatMap((name) => [name, ...(WITH[name] ?? [])])
  if (!names.length) return
  if (!has('apt-get') || process.getuid?.() !== 0) {
    throw new StartError(`The tests need ${names.join(', ')}. On Debian: sudo apt-get install -y ${names.join(' ')}`)
  }
  say(`Installing ${names.join(', ')}`)
  await aptInstall(names)
}
