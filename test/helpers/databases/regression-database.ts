import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { startPostgres, type TestPostgres } from '../servers/postgres'
import { offerPostgres17 } from '../servers/postgres-17'

const script = path.resolve(import.meta.dirname, '../../../scripts/testing/regression-database.sh')

export interface RegressionDatabase extends TestPostgres {
  database: string
  /** How many scripts of the suite gave the expected output when they left all this behind. */
  suite: { passed: number; failed: number; source: string }
  /** The folder with the suite's C functions, which the database loads by path. */
  libraries: string
}

/**
 * A server with everything that PostgreSQL's own test suite leaves behind. The suite runs once, which takes about a
 * minute; its cluster is kept in the tests' cache.
 */
export async function startRegressionDatabase(major: 15 | 17): Promise<RegressionDatabase> {
  const cache = process.env['HOLDFAST_TEST_CACHE'] || path.join(homedir(), '.cache/holdfast-test')
  const tree = major === 17 ? [path.resolve(await offerPostgres17(), '../../../../..')] : []
  const { stdout } = await promisify(execFile)('bash', [script, 'build', String(major), cache, ...tree])
  const facts = new Map([...stdout.matchAll(/([A-Z]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]))
  const pg = await startPostgres({ major, cluster: facts.get('CLUSTER') ?? '', settings: { autovacuum: 'off' } })
  const suite = {
    passed: Number(facts.get('PASSED')),
    failed: Number(facts.get('FAILED')),
    source: facts.get('SOURCE') ?? '',
  }
  return Object.assign(pg, { database: 'regression', suite, libraries: facts.get('LIBRARIES') ?? '' })
}
