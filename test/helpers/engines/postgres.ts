import { execFileSync } from 'node:child_process'
import { digestOf } from '../databases/postgres-content'
import { freePort } from '../servers/ports'
import { makeSource, startPostgres } from '../servers/postgres'
import type { EngineHarness } from './harness'

const secret = 'a secret of the contract'
const database = 'shop'

export const postgresHarness: EngineHarness = {
  notSupported: {},
  absent: async () => makeSource({ port: await freePort() }, {}, secret),
  async start() {
    const pg = await startPostgres({ password: secret })
    await pg.sql(`CREATE DATABASE ${database}`)
    await pg.sql(
      `CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
       INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 1000) i;
       CREATE VIEW cheap AS SELECT * FROM item WHERE id < 10`,
      database,
    )
    const source = pg.source({ connection: { database }, secrets: { password: secret } })
    let places = 0
    return {
      source,
      digest: () => digestOf(pg, database),
      change: async () => {
        await pg.sql(
          "DELETE FROM item WHERE id % 7 = 0; UPDATE item SET name = 'changed' WHERE id % 5 = 0; INSERT INTO item VALUES (2000, 'new')",
          database,
        )
      },
      newPlace: async () => {
        const name = `restored_${(places += 1)}`
        return {
          target: { source, database: name, owners: 'keep' },
          digest: () => digestOf(pg, name),
          exists: async () => (await pg.sql(`SELECT 1 FROM pg_database WHERE datname = '${name}'`)).length > 0,
        }
      },
      byHand: async (folder, commands) => {
        const other = await startPostgres()
        try {
          const env = { ...process.env, PGHOST: other.socketDir, PGPORT: String(other.port), PGUSER: 'postgres' }
          execFileSync('bash', ['-ec', ['set -o pipefail', ...commands].join('\n')], {
            cwd: folder,
            env,
            stdio: 'pipe',
          })
          return await digestOf(other, database)
        } finally {
          await other.close()
        }
      },
      close: () => pg.close(),
    }
  },
}
