import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '@/lib/engines/index'
import type { Engine, SourceSpec } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { makeSource, startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { freePort } from '@/test/helpers/servers/ports'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

/** What the suite needs of each engine: a small real source, and one that is not there. */
interface Harness {
  start(): Promise<{ source: SourceSpec; close(): Promise<void> }>
  absent(): Promise<SourceSpec>
}

const harnesses: Record<string, Harness> = {
  postgres: {
    start: async () => {
      const pg: TestPostgres = await startPostgres({ password: 'a secret of the contract' })
      await pg.sql('CREATE TABLE t AS SELECT generate_series(1, 10) AS i')
      return { source: pg.source(), close: () => pg.close() }
    },
    absent: async () => makeSource({ port: await freePort() }, {}, 'a secret of the contract'),
  },
}

describe.each(Object.entries(engines))('the engine %s', (name, engine: Engine) => {
  let source: SourceSpec
  let close: () => Promise<void>
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    const harness = harnesses[name]
    if (!harness) throw new Error(`The suite has no real source for the engine ${name}`)
    dir = await tempDir('contract')
    ;({ source, close } = await harness.start())
  })
  afterAll(async () => {
    await close?.()
    await dir?.remove()
  })

  it('has the name it is listed under', () => expect(engine.name).toBe(name))

  it('answers about a source that is not there, with a remedy and without its secret', async () => {
    const absent = (await harnesses[name]?.absent()) ?? source
    const result = await engine.inspect(absent, makeTestRun())
    expect(result).toMatchObject({ ok: false, error: { code: expect.any(String), remedy: expect.any(String) } })
    for (const secret of Object.values(absent.secrets)) expect(JSON.stringify(result)).not.toContain(secret)
  })

  it('throws the reason of an abort, from every call', async () => {
    const run = makeTestRun()
    const reason = new Error('stop')
    run.abort(reason)
    await expect(engine.inspect(source, run)).rejects.toBe(reason)
    await expect(engine.beginBackup(source, run)).rejects.toBe(reason)
  })

  it('takes a backup whose parts have the sizes that were read, and says how to restore it by hand', async () => {
    const { manifest, warnings } = await takeBackup(engine, source, dir.path, makeTestRun())
    expect(manifest.parts.length).toBeGreaterThan(0)
    for (const part of manifest.parts) expect(part.sourceBytes).toBeGreaterThan(0)
    expect(manifest.howToRestore.length).toBeGreaterThan(1)
    expect(warnings).toEqual([])
    for (const secret of Object.values(source.secrets)) expect(JSON.stringify(manifest)).not.toContain(secret)
  })

  it('makes a script of an archive, and none of anything else', async () => {
    const { manifest, open } = await takeBackup(engine, source, dir.path, makeTestRun())
    const good = engine.toSql({ manifest, open }, makeTestRun())
    expect((await text(good.stream)).length).toBeGreaterThan(0)
    await good.finished
    const bad = engine.toSql(
      { manifest, open: async () => Readable.from([Buffer.from('not an archive')]) },
      makeTestRun(),
    )
    const [read, end] = await Promise.allSettled([text(bad.stream), bad.finished])
    expect([read.status, end.status]).toEqual(['rejected', 'rejected'])
  })

  it('offers SQL for a backup role, without the secret', () => {
    expect(engine.backupRoleSql(source).length).toBeGreaterThan(10)
    for (const secret of Object.values(source.secrets)) expect(engine.backupRoleSql(source)).not.toContain(secret)
  })

  it('finds nothing to sweep where no sandbox was ever made', async () => {
    expect(await engine.sweepSandboxes(`${dir.path}/none`, 0, makeTestRun())).toEqual([])
  })
})
