import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { testPostgresUrl } from '../servers/servers'

/** A new database without any table on the shared server; removed when its scope ends. */
export interface EmptyDatabase extends AsyncDisposable {
  url: string
}

/** `await using database = await emptyDatabase()`. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const name = `hf_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin((admin) => admin.query(`CREATE DATABASE "${name}" TEMPLATE template0`))
  const url = new URL(testPostgresUrl())
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)),
  }
}

/** Runs `work` with a connection to the server's own database. */
export async function asAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: testPostgresUrl() })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
