import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { TestPostgres } from '../servers/postgres'

const run = promisify(execFile)
const limits = { maxBuffer: 1 << 30 }

/** A name that libpq takes for nothing else. */
function connInfo(database: string): string {
  return `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** PostgreSQL's own programs against a test server, as an administrator types them: the oracle of what can be restored. */
export class PlainTools {
  constructor(
    readonly pg: TestPostgres,
    private readonly bin = pg.bin,
  ) {}

  private address(user = 'postgres'): string[] {
    return ['--host', this.pg.socketDir, '--port', String(this.pg.port), '--username', user]
  }

  /** Runs a script; stops at its first error. */
  async load(
    file: string,
    database: string,
    variables: Record<string, string | number> = {},
    clientEncoding = 'UTF8',
  ): Promise<void> {
    const set = Object.entries(variables).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const args = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', ...set, '--file', file]
    const env = { ...process.env, PGCLIENTENCODING: clientEncoding }
    await run(path.join(this.bin, 'psql'), [...this.address(), ...args, connInfo(database)], { ...limits, env })
  }

  /**
   * The database as a script with its properties, byte for byte: a character stands for a byte. Without an encoding, in
   * that which the database asks of its clients, which it may not be able to give them.
   */
  async describe(database: string, encoding?: string): Promise<string> {
    const args = ['--create', '--no-tablespaces', ...(encoding ? ['--encoding', encoding] : []), connInfo(database)]
    const options = { ...limits, encoding: 'latin1' as const }
    return (await run(path.join(this.bin, 'pg_dump'), [...this.address(), ...args], options)).stdout
  }

  /** Roles as they can be made, which is as far as psql gets: it goes on behind errors. */
  async loadRoles(file: string): Promise<void> {
    const args = ['--no-psqlrc', '--quiet', '--file', file, 'postgres']
    await run(path.join(this.bin, 'psql'), [...this.address(), ...args], limits)
  }

  async dump(database: string, file: string, user?: string): Promise<void> {
    const args = ['--format=custom', '--file', file, database]
    await run(path.join(this.bin, 'pg_dump'), [...this.address(user), ...args], limits)
  }

  /**
   * Creates the database of the archive on this server. Answers what pg_restore complained of; empty: nothing. Settings,
   * as PGOPTIONS has them, go before the database's own.
   */
  restore(file: string, settings = ''): Promise<string> {
    return this.pgRestore(['--create', '--dbname', 'postgres', file], { PGOPTIONS: settings })
  }

  /** The same into a database that is there. */
  restoreInto(database: string, file: string, options: string[] = []): Promise<string> {
    return this.pgRestore([...options, '--dbname', database, file])
  }

  /** The archive as a script. */
  async toSql(file: string): Promise<string> {
    return (await run(path.join(this.bin, 'pg_restore'), ['--file=-', file], limits)).stdout
  }

  private async pgRestore(args: string[], variables: Record<string, string> = {}): Promise<string> {
    const options = { ...limits, env: { ...process.env, ...variables } }
    return run(path.join(this.bin, 'pg_restore'), [...this.address(), ...args], options).then(
      ({ stderr }) => stderr,
      (error: unknown) => {
        if (typeof error === 'object' && error && 'stderr' in error) return String(error.stderr)
        throw error
      },
    )
  }
}
