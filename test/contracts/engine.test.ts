import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engineContract, engineContracts } from '@/lib/contracts/engines/index'
import { engines } from '@/lib/engines/index'
import type { BackupMethod, ReadableBackup } from '@/lib/ports/backup-method'
import type { Engine } from '@/lib/ports/engine'
import { commandsOf } from '@/test/helpers/databases/hand-commands'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { engineHarnesses } from '@/test/helpers/engines/index'
import type { TestSource } from '@/test/helpers/engines/harness'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

it('has a contract, an engine and a harness for the same names', () => {
  expect(Object.keys(engines)).toEqual(Object.keys(engineContracts))
  expect(Object.keys(engineHarnesses)).toEqual(Object.keys(engineContracts))
})

const built = Object.keys(engines) as (keyof typeof engines)[]

describe.each(built)('the engine %s', (name) => {
  const engine: Engine = engines[name]
  const contract = engineContract(name)
  const harness = engineHarnesses[name]
  let test: TestSource
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sandboxRoot: string
  let taken = 0

  const folder = () => `${dir.path}/${(taken += 1)}`
  const take = (method: BackupMethod, parent?: ReadableBackup) =>
    takeBackup(method, test.source, folder(), makeTestRun(), parent)
  const restore = (method: BackupMethod, { manifest, open, check }: PlainBackup, target: Record<string, unknown>) =>
    method.restore(
      { manifest, open, check, target: { source: test.source, ...target }, keepOut: nothing },
      makeTestRun(),
    )
  const prove = (method: BackupMethod, backup: ReadableBackup, before: ReadableBackup[] = []) =>
    method.prove(
      { ...backup, before, level: 'comprehensive', sandbox: { root: sandboxRoot, keepOut: nothing } },
      makeTestRun(),
    )

  beforeAll(async () => {
    dir = await tempDir('contract')
    sandboxRoot = `${dir.path}/sandboxes`
    test = await harness.start()
  })
  afterAll(async () => {
    await test?.close()
    await dir?.remove()
  })

  it('has the name it is listed under, and the methods of its contract', () => {
    expect(engine.name).toBe(name)
    expect(Object.keys(engine.methods)).toEqual(contract.methods.map(({ kind }) => kind))
    expect(engine.methods[contract.methods[0].kind]?.sample !== undefined).toBe(contract.sampled)
    expect(engine.log !== undefined).toBe(contract.followed)
  })

  it('is told in words, without its secrets', () => {
    const { connection, options } = test.source
    for (const words of [contract.title, contract.called, contract.place(connection)]) expect(words).not.toBe('')
    const told = JSON.stringify([
      contract.place(connection),
      contract.addresses({ connection, options }),
      contract.readFrom({ connection, options }),
    ])
    for (const secret of Object.values(test.source.secrets)) expect(told).not.toContain(secret)
  })

  it('answers about a source that is there, and about one that is not with a remedy and without its secret', async () => {
    expect(await engine.inspect(test.source, makeTestRun())).toMatchObject({ ok: true })
    const absent = await harness.absent()
    const result = await engine.inspect(absent, makeTestRun())
    expect(result).toMatchObject({ ok: false, error: { code: expect.any(String), remedy: expect.any(String) } })
    for (const secret of Object.values(absent.secrets)) expect(JSON.stringify(result)).not.toContain(secret)
    for (const method of Object.values(engine.methods))
      await expect(method.begin(absent, makeTestRun())).rejects.toMatchObject({ code: result.error?.code })
  })

  it('has SQL for its roles, without the secret, or no roles at all', () => {
    expect(engine.roles === undefined).toBe(harness.notSupported.roles !== undefined)
    const sql = [engine.roles?.backupRoleSql(test.source), engine.roles?.restoreRoleSql(test.source)]
    for (const one of sql) if (one !== undefined) expect(one.length).toBeGreaterThan(10)
    for (const secret of Object.values(test.source.secrets)) expect(JSON.stringify(sql)).not.toContain(secret)
  })

  // Those that need the log of the source are tried with it by the tests of their engine and of the worker.
  const withLog = contract.methods.filter(({ needsLog }) => needsLog)
  it.each(withLog)('proves nothing of $kind without the log that it needs', async ({ kind }) => {
    const method = engine.methods[kind]
    if (!method) throw new Error(`no method ${kind}`)
    await expect(prove(method, await take(method))).rejects.toThrow(/log/)
  })

  const alone = Object.entries(engine.methods).filter(([kind]) => withLog.every((one) => one.kind !== kind))
  describe.each(alone)('its method %s', (kind, method: BackupMethod) => {
    const buildsOn = contract.methods.find((one) => one.kind === kind)?.buildsOn

    it('throws the reason of an abort', async () => {
      const run = makeTestRun()
      const reason = new Error('stop')
      run.abort(reason)
      await expect(engine.inspect(test.source, run)).rejects.toBe(reason)
      await expect(method.begin(test.source, run)).rejects.toBe(reason)
    })

    it('takes a backup whose parts have the sizes that were read, and says what it is', async () => {
      const { manifest, warnings } = await take(method)
      expect(manifest.method).toBe(buildsOn ?? kind)
      expect(manifest.parts.length).toBeGreaterThan(0)
      for (const part of manifest.parts) expect(part.sourceBytes).toBeGreaterThan(0)
      expect(manifest.howToRestore.length).toBeGreaterThan(1)
      expect(manifest.measures.length).toBeGreaterThan(0)
      for (const { value } of manifest.measures) expect(value).toBeGreaterThanOrEqual(0)
      if (!buildsOn) expect(warnings).toEqual([])
      for (const secret of Object.values(test.source.secrets)) expect(JSON.stringify(manifest)).not.toContain(secret)
    })

    it('restores what the source held to a new place, and refuses that place the second time', async () => {
      const held = await test.digest()
      const backup = await take(method)
      const place = await test.newPlace()
      expect(contract.describeTarget(contract.restoreTarget.parse(place.target))).not.toBe('')
      await restore(method, backup, place.target)
      expect(await place.digest()).toEqual(held)
      await test.change()
      const changed = await take(method)
      await expect(restore(method, changed, place.target)).rejects.toMatchObject({ code: 'target-exists' })
      expect(await place.digest()).toEqual(held)
    })

    it('leaves nothing behind of a restore whose bytes break off', async () => {
      const backup = await take(method)
      const place = await test.newPlace()
      await expect(restore(method, { ...backup, open: brokenOff(backup) }, place.target)).rejects.toBeInstanceOf(Error)
      expect(await place.exists()).toBe(false)
      // The name is free: what a failed restore left is not in the way.
      await restore(method, backup, place.target)
      expect(await place.digest()).toEqual(await test.digest())
    })

    it('proves what is right, calls what is cut off broken, and leaves no sandbox', async () => {
      const backup = await take(method)
      const good = await prove(method, backup)
      expect(good.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
      expect(good.checks.length).toBeGreaterThan(2)
      expect(good.restoreDurationMs).toBeGreaterThan(0)
      const bad = await prove(method, { manifest: backup.manifest, open: cutOff(backup) })
      expect(bad.checks.filter(({ verdict }) => verdict === 'failed')).not.toEqual([])
      expect(readdirSync(sandboxRoot)).toEqual([])
    })

    it('can be restored by hand, by the commands that it gives', async () => {
      const held = await test.digest()
      const place = folder()
      const { manifest } = await takeBackup(method, test.source, place, makeTestRun())
      expect(await test.byHand(place, commandsOf(manifest.howToRestore))).toEqual(held)
    })

    it('has the forms of download that its contract lists, and makes none of what is no backup', async () => {
      expect(['plain', ...Object.keys(method.exports ?? {})]).toEqual(contract.downloads)
      const { manifest, open } = await take(method)
      expect(method.dataParts(manifest).length).toBeGreaterThan(0)
      for (const form of Object.values(method.exports ?? {})) {
        const good = form.open({ manifest, open }, makeTestRun())
        expect((await text(good.stream)).length).toBeGreaterThan(0)
        await good.finished
        const foreign = async () => Readable.from([Buffer.from('not an archive')])
        const bad = form.open({ manifest, open: foreign }, makeTestRun())
        const [read, end] = await Promise.allSettled([text(bad.stream), bad.finished])
        expect([read.status, end.status]).toEqual(['rejected', 'rejected'])
      }
    })
  })

  const builders = contract.methods.filter(({ buildsOn, needsLog }) => buildsOn && !needsLog)
  it.each(builders)('stores differences as $kind, and restores and proves the whole chain', async ({ kind }) => {
    const method = engine.methods[kind]
    if (!method) throw new Error(`no method ${kind}`)
    const chain: PlainBackup[] = [await take(method)]
    const digests = [await test.digest()]
    for (let i = 0; i < 3; i += 1) {
      await test.change()
      chain.push(await take(method, chain.at(-1)))
      digests.push(await test.digest())
    }
    expect(chain.map(({ manifest }) => manifest.method)).toEqual([
      contract.methods.find((one) => one.kind === kind)?.buildsOn,
      ...chain.slice(1).map(() => kind),
    ])
    for (const [index, backup] of chain.entries()) {
      const place = await test.newPlace()
      const before = chain.slice(0, index)
      await method.restore({ ...backup, before, target: place.target, keepOut: nothing }, makeTestRun())
      expect(await place.digest()).toEqual(digests[index])
      const { checks } = await prove(method, backup, before)
      expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    }
    const [last, before] = [chain.at(-1), chain.slice(0, -1)]
    if (!last) throw new Error('no chain')
    const missing = await prove(method, last, before.slice(0, -1))
    expect(missing.checks.filter(({ verdict }) => verdict === 'failed')).not.toEqual([])
  })
})

/** Every part breaks off in its middle with an error, as a store that fails does. */
function brokenOff({ open }: ReadableBackup): ReadableBackup['open'] {
  return async (part, run) =>
    Readable.from(
      (async function* () {
        let sent = 0
        for await (const chunk of await open(part, run)) {
          const bytes = Buffer.from(chunk)
          const left = Math.floor(part.sourceBytes / 2) - sent
          yield bytes.subarray(0, left)
          sent += bytes.length
          if (bytes.length >= left) throw new Error('the store broke off')
        }
      })(),
    )
}

/** Every part ends in its middle as if that were its end. */
function cutOff({ open }: ReadableBackup): ReadableBackup['open'] {
  return async (part, run) =>
    Readable.from(
      (async function* () {
        let left = Math.floor(part.sourceBytes / 2)
        for await (const chunk of await open(part, run)) {
          const bytes = Buffer.from(chunk)
          yield bytes.subarray(0, left)
          left -= bytes.length
          if (left <= 0) return
        }
      })(),
    )
}
