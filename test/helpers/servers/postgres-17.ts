import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const script = path.resolve(import.meta.dirname, '../../../scripts/servers/portable-pg.sh')

/**
 * The folder with the programs of PostgreSQL 17, which Debian 12 does not have: HOLDFAST_TEST_PG17_BIN, else what the
 * script made, which makes it now when it is not there. Rejects without them: a version that is not tested is red.
 */
export async function postgres17Bin(): Promise<string> {
  const named = process.env['HOLDFAST_TEST_PG17_BIN']
  if (named) return named
  const { stdout } = await promisify(execFile)('bash', [script, 'install'])
  const bin = /PG_BIN=(\S+)/.exec(stdout)?.[1]
  if (!bin) throw new Error(`portable-pg.sh named no folder: ${stdout}`)
  return bin
}

/** The same, and the product under test finds them as it does with an administrator's own folder. */
export async function offerPostgres17(): Promise<string> {
  const bin = await postgres17Bin()
  process.env['HOLDFAST_PG_BIN'] = bin
  return bin
}
