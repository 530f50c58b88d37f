import { logical } from '@/lib/engines/postgres/logical/method'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { offerPostgres17 } from '@/test/helpers/servers/postgres-17'
import { contentDigest, nastyDatabase } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

describe('servers of 15 and 17 beside each other', () => {
  let older: TestPostgres
  let newer: TestPostgres
  const folders: Awaited<ReturnType<typeof tempDir>>[] = []

  beforeAll(async () => {
    await offerPostgres17()
    ;[older, newer] = await Promise.all([startPostgres(), startPostgres({ major: 17 })])
  })
  afterAll(async () => {
    await Promise.all([older?.close(), newer?.close()])
    for (const folder of folders) await folder.remove()
  })

  async function restored(from: TestPostgres, to: TestPostgres) {
    const folder = await tempDir('versions')
    folders.push(folder)
    const source = from.source({ connection: { database: 'moved' } })
    const { manifest, open, check } = await takeBackup(logical, source, folder.path, makeTestRun())
    const target = { source: to.source(), database: 'arrived', owners: 'drop' as const }
    const result = logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
    return { manifest, result }
  }

  it('a backup of 15 is taken by the tools of 15, and restored into a server of 17 row by row', async () => {
    await older.sql("CREATE DATABASE moved TEMPLATE template0 LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'de'")
    await nastyDatabase(await older.connect('moved'))
    const { manifest, result } = await restored(older, newer)
    expect(manifest.tool?.version).toMatch(/^15\./)
    await result
    const before = await contentDigest(await older.connect('moved'))
    expect(Object.keys(before).length).toBeGreaterThan(10)
    expect(await contentDigest(await newer.connect('arrived'))).toEqual(before)
    expect(await newer.sql("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'arrived'")).toEqual([
      { datlocprovider: 'i', datlocale: 'de' },
    ])
  })

  it('a backup of 17 is taken by the tools of 17, and refused for a server of 15 before anything is made', async () => {
    await newer.sql('CREATE DATABASE moved')
    const { manifest, result } = await restored(newer, older)
    await expect(result).rejects.toMatchObject({ code: 'target-too-old' })
    expect(manifest.tool?.version).toMatch(/^17\./)
    expect(await older.sql("SELECT FROM pg_database WHERE datname LIKE 'arrived%'")).toEqual([])
  })
})
