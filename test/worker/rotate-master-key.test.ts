import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { startBackup } from '@/lib/services/backup/start-backup'
import { channelSpec } from '@/lib/services/channel/channel-spec'
import { createChannel } from '@/lib/services/channel/create-channel'
import type { ServiceContext } from '@/lib/services/context'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { sealedColumns, sealedOwners, sealedSettings } from '@/lib/services/master-key/sealed-places'
import { readClientSecret, storeClientSecret } from '@/lib/services/oidc/client-secret'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { unsealSecrets } from '@/lib/services/stored-secrets'
import { openVault } from '@/lib/vault/open-vault'
import { buildContext } from '@/worker/build-context'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet } from '../helpers/databases/restorable-set'
import { makeTestLogger } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { waitFor } from '../helpers/wait-for'
import { buildCli } from '../helpers/build-cli'

const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist', `test-rotate-cli-${process.pid}.mjs`)

describe('replacing the master key', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let sourceId: string
  let destinationIds: string[]
  let store: string
  let channelId: string
  let oldKey: Buffer
  let whole: string[]
  const userId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'

  beforeAll(async () => {
    ;[product, pg, bucket] = await Promise.all([
      startProduct(),
      startPostgres({ password: 'source secret' }),
      makeBucket(),
    ])
    await buildCli(cli)
    const { ctx } = product
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 500) AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    const local = await product.addLocalDestination()
    store = local.folder
    destinationIds = [local.id, await product.addDestination(bucket.spec({ lifecycleSafetyNet: false }))]
    const channel = createChannelSchema.parse({
      name: 'hook',
      kind: 'webhook',
      config: { url: 'https://example.invalid/hook', secret: 'hook secret' },
    })
    channelId = (await createChannel({ ctx, input: channel })).id
    await ctx.db.$transaction((tx) => storeClientSecret(ctx, tx, 'client secret'))
    const totpSealed = await ctx.vault.seal('totp secret', `user:${userId}:totp`)
    await ctx.db.user.create({ data: { id: userId, email: 'a@b.c', name: 'a', role: 'admin', totpSealed } })
    const worker = await product.startWorker()
    for (let n = 0; n < 4; n += 1) await back()
    const test = await startRestoreTest({ ctx, input: { sourceId, level: 'quick' } })
    expect((await product.finished(test.jobId)).state).toBe('succeeded')
    await worker.stop()
    whole = await restorableSet(ctx)
    expect(whole).toHaveLength(8)
    oldKey = Buffer.from(await readFile(keyFile('master'), 'utf8'), 'base64')
  }, 180_000)
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    bucket?.close()
    await rm(cli, { force: true })
  })

  const keyFile = (name: string) => path.join(product.home, `keys/${name}.key`)
  const back = async () => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    return job.backupId ?? ''
  }
  const begin = () =>
    spawn(process.execPath, [cli, 'rotate-master-key', '--json'], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        HOLDFAST_HOME: product.home,
        DATABASE_URL: product.url,
      },
    })
  const ended = async (child: ChildProcess) => {
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (out += String(chunk)))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, out }
  }
  /** As the next start of the product finds it. */
  const started = async <T>(look: (ctx: ServiceContext) => Promise<T>): Promise<T> => {
    const { ctx, close } = await buildContext({
      actor: { type: 'cli', user: 'test', role: 'admin' },
      logger: makeTestLogger(),
      home: product.home,
      databaseUrl: product.url,
    })
    try {
      return await look(ctx)
    } finally {
      await close()
    }
  }
  const secrets = async (ctx: ServiceContext) => {
    const [source, destinations, channel, user] = await Promise.all([
      ctx.db.source.findUniqueOrThrow({ where: { id: sourceId } }),
      ctx.db.destination.findMany({ where: { secretsSealed: { not: {} } } }),
      ctx.db.channel.findUniqueOrThrow({ where: { id: channelId } }),
      ctx.db.user.findUniqueOrThrow({ where: { id: userId } }),
    ])
    return [
      ...Object.values((await sourceSpec(ctx, source)).secrets),
      ...(await Promise.all(destinations.map((row) => destinationSpec(ctx, row)))).flatMap((spec) =>
        Object.values(spec.secrets),
      ),
      (await channelSpec(ctx, channel)).secret,
      await ctx.vault.unseal(user.totpSealed ?? '', `user:${userId}:totp`),
      await readClientSecret(ctx, ctx.db),
    ]
  }

  it('knows every place of the catalog that holds sealed text (security 11)', async () => {
    const columns = await product.ctx.db.$queryRaw<{ place: string }[]>`
      SELECT table_name || '.' || column_name AS place FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name LIKE '%sealed%' ORDER BY 1`
    expect(columns.map(({ place }) => place)).toEqual(
      [
        ...sealedColumns.map(({ table, column }) => `${table}.${column}`),
        ...sealedOwners.map((table) => `${table}.secrets_sealed`),
      ].sort(),
    )
    const settings = (await product.ctx.db.setting.findMany()).filter(({ value }) =>
      JSON.stringify(value).includes('"v1.'),
    )
    expect(settings.map(({ key }) => key)).toEqual([...sealedSettings])
  })

  it('is refused while a worker runs', async () => {
    const worker = await product.startWorker()
    expect(await ended(begin())).toMatchObject({ code: 1, out: expect.stringContaining('still-running') })
    await worker.stop()
    expect(existsSync(keyFile('master-next'))).toBe(false)
  }, 120_000)

  it('is killed at every step and goes on; in between everything opens that was there (security 5)', async () => {
    const before = await started(secrets)
    const wrapped = () =>
      product.ctx.db.backupCopy.count({ where: { wrappedFor: { has: product.ctx.vault.instanceRecipient } } })
    const total = await wrapped()
    const anew = async () =>
      product.ctx.db.$queryRaw<
        { count: number }[]
      >`SELECT count(*)::int AS count FROM backup_copy WHERE cardinality(wrapped_for) > 1`.then(
        ([row]) => row?.count ?? 0,
      )
    const moments: [string, () => Promise<boolean>][] = [
      ['the new key was made', async () => existsSync(keyFile('master-next'))],
      [
        'the catalog was sealed anew',
        async () => (await product.ctx.db.setting.count({ where: { key: 'master-key' } })) > 0,
      ],
      ['the keys changed places', async () => existsSync(keyFile('master-old'))],
      ['one copy was wrapped', async () => (await anew()) > 0],
      ['half of the copies were wrapped', async () => (await anew()) > total / 2],
    ]
    for (const [moment, came] of moments) {
      const child = begin()
      const end = ended(child)
      await waitFor(moment, async () => (await came()) || child.exitCode !== null, 120_000)
      child.kill('SIGKILL')
      await end
      expect([moment, await started(secrets)]).toEqual([moment, before])
      expect([moment, await started(restorableSet)]).toEqual([moment, whole])
    }
    const { code, out } = await ended(begin())
    expect(JSON.parse(out)).toMatchObject({ done: true, left: 0 })
    expect(code).toBe(0)
    expect(await started(secrets)).toEqual(before)
    expect(await started(restorableSet)).toEqual(whole)
    expect([existsSync(keyFile('master-next')), existsSync(keyFile('master-old'))]).toEqual([false, false])
  }, 500_000)

  it('leaves an old key that opens nothing new, and signatures that hold with either key (security 5, 7)', async () => {
    const old = openVault(oldKey)
    const newKey = Buffer.from(await readFile(keyFile('master'), 'utf8'), 'base64')
    expect(newKey.equals(oldKey)).toBe(false)
    const row = await product.ctx.db.source.findUniqueOrThrow({ where: { id: sourceId } })
    await expect(unsealSecrets({ vault: old }, { type: 'source', id: sourceId }, row.secretsSealed)).rejects.toThrow(
      'another master key',
    )

    await product.startWorker()
    const backupId = await back()
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    const identity = await readFile(path.join(store, repositoryPath, 'identity.age'))
    await expect(old.unwrapIdentity(identity)).rejects.toMatchObject({ code: 'key-missing' })
    expect(await openVault(newKey).unwrapIdentity(identity)).toMatch(/^AGE-SECRET-KEY-1/)

    for (const vault of [old, openVault(newKey)]) {
      const file = path.join(product.home, 'signing.pub')
      await writeFile(file, vault.evidencePublicKey)
      const verify = async () => {
        const env = { PATH: process.env['PATH'], NODE_ENV: 'production' as const, HOLDFAST_HOME: '/nowhere' }
        return ended(spawn(process.execPath, [cli, 'verify-manifests', store, '--key', file, '--json'], { env }))
      }
      const { out } = await waitFor('the signatures to hold', async () => {
        const answer = await verify()
        return answer.code === 0 ? answer : null
      })
      expect(JSON.parse(out)).toMatchObject({
        ok: true,
        sources: [{ backups: 5, newest: { sequence: 5 }, findings: [] }],
      })
    }
    const audit = await started((ctx) => verifyAuditLog({ ctx }))
    expect(audit).toMatchObject({ ok: true, anchors: { compared: 1 } })
  }, 180_000)
})
