import { logical } from '@/lib/engines/postgres/logical/method'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { format } from 'prettier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Content, contents, contentsTable } from '@/test/helpers/databases/backup-contents'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

/** docs/backup-contents.md says of each kind what is shown here; its table is this list, word for word. */
describe('what a backup contains and what it does not', () => {
  let pg: TestPostgres
  let elsewhere: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  const before = new Map<Content, unknown[]>()

  beforeAll(async () => {
    dir = await tempDir('contents')
    const settings = { wal_level: 'logical', max_prepared_transactions: '5' }
    ;[pg, elsewhere] = await Promise.all([
      startPostgres({ settings }),
      startPostgres({ settings: { allow_in_place_tablespaces: 'on' } }),
    ])
    await pg.sql('CREATE ROLE keeper')
    await pg.sql('CREATE ROLE reader LOGIN')
    await pg.sql('CREATE DATABASE beside')
    await pg.sql('CREATE DATABASE contents TEMPLATE template0')
    const script = path.join(dir.path, 'contents.sql')
    await writeFile(script, contents.map(({ make }) => `${make};`).join('\n'))
    const space = `${pg.dataDir}-space`
    await pg.sql(`COPY (SELECT 1) TO PROGRAM 'mkdir "${space}"'`)
    await new PlainTools(pg).load(script, 'contents', { space })
    for (const content of contents) before.set(content, await rowsOf(pg, content))

    const backup = await takeBackup(
      logical,
      pg.source({ connection: { database: 'contents' } }),
      dir.path,
      makeTestRun(),
    )
    // Both servers are of this machine: the folder must be free.
    await pg.sql('DROP TABLESPACE other')
    await new PlainTools(elsewhere).loadRoles(backup.file('globals'))
    const target = { source: elsewhere.source(), database: 'contents', owners: 'keep' as const }
    const { manifest, open, check } = backup
    await logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
  })
  afterAll(async () => {
    await Promise.all([pg?.close(), elsewhere?.close()])
    await dir?.remove()
  })

  const rowsOf = (server: TestPostgres, { look }: Content) => server.sql(look, 'contents')

  it.each(contents.filter(({ kept }) => kept !== 'no'))('$kind: equal on another server', async (content) => {
    expect(before.get(content)).not.toEqual([])
    expect(await rowsOf(elsewhere, content)).toEqual(before.get(content))
  })

  it.each(contents.filter(({ kept }) => kept === 'no'))('$kind: not there on another server', async (content) => {
    expect(before.get(content)).not.toEqual([])
    expect(await rowsOf(elsewhere, content)).not.toEqual(before.get(content))
  })

  it('is what the page says', async () => {
    const page = await readFile('docs/backup-contents.md', 'utf8')
    const table = await format(contentsTable(), { parser: 'markdown' })
    expect(page).toContain(table.trim())
  })
})
