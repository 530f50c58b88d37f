import { execFile } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createSourceSchema } from '@/lib/contracts/source'
import { createSource } from '@/lib/services/source/create-source'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { buildCli } from '../helpers/build-cli'
import { tempDir } from '../helpers/temp'

const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist', `test-cli-${process.pid}.mjs`)

interface Outcome {
  code: number
  out: string
  err: string
}

describe('the command line', () => {
  let product: Product
  let pg: TestPostgres

  const run = (args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
    new Promise((resolve) => {
      const options = {
        env: {
          NODE_ENV: 'production',
          PATH: process.env['PATH'],
          DATABASE_URL: product.url,
          HOLDFAST_HOME: product.home,
          ...env,
        },
      } as const
      execFile(process.execPath, [cli, ...args], options, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err })
      })
    })

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await buildCli(cli)
    await pg.sql('CREATE DATABASE shop; ')
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 1000) AS id', 'shop')
    await product.addSource(pg.source({ connection: { database: 'shop' } }))
    await product.addLocalDestination()
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    await rm(cli, { force: true })
  })

  it('says by its exit code that what is not backed up is not well', async () => {
    const status = await run(['status'])
    expect(status).toMatchObject({ code: 1 })
    expect(status.out).toContain('source 1 has no backup yet.')
  })

  it('backs up, tests, lists and restores, waiting for each', async () => {
    const backup = await run(['backup', 'source 1', '--json'])
    expect(backup).toMatchObject({ code: 0, err: '' })
    const { backupId, state } = JSON.parse(backup.out)
    expect(state).toBe('succeeded')
    expect((await run(['test', 'source 1'])).out).toContain('restore-test succeeded')
    expect((await run(['list'])).out).toMatch(new RegExp(`${backupId}\\s+source 1\\s+succeeded\\s+proven`))
    expect(await run(['restore', backupId, '--to', 'copy'])).toMatchObject({ code: 0 })
    expect(await pg.sql('SELECT count(*)::int AS n FROM item', 'copy')).toEqual([{ n: 1000 }])
  })

  it('answers failed work with exit code 1 and what to do', async () => {
    const { items } = JSON.parse((await run(['list', '--json'])).out)
    const again = await run(['restore', items[0].id, '--to', 'copy'])
    expect(again.code).toBe(1)
    expect(again.out).toContain('There is already a database copy')
  })

  it('restores what an engine restores, named in its own words', async () => {
    await using place = await tempDir('cli')
    const folder = path.join(place.path, 'shelf')
    await mkdir(folder)
    await writeFile(path.join(folder, 'kept.txt'), 'kept')
    await writeFile(path.join(folder, 'lost.txt'), 'lost')
    const shelf = { name: 'shelf', engine: 'files', connection: { root: folder } }
    await createSource({ ctx: product.ctx, input: createSourceSchema.parse(shelf) })
    const { backupId } = JSON.parse((await run(['backup', 'shelf', '--kind', 'snapshot', '--json'])).out)
    const asked = await run(['restore', backupId, '--to', path.join(place.path, 'x'), '--owners', 'drop'])
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('Restores of Files have no --owners') })
    expect(await run(['restore', backupId])).toMatchObject({ code: 2, err: expect.stringContaining('--to FOLDER') })
    const relative = await run(['restore', backupId, '--to', 'somewhere'])
    expect(relative).toMatchObject({ code: 2, err: expect.stringContaining('--to: Enter a path from the root on') })
    const back = path.join(place.path, 'back')
    expect(await run(['restore', backupId, '--to', back, '--only', 'lost.txt'])).toMatchObject({ code: 0 })
    expect(await readdir(back)).toEqual(['lost.txt'])
    expect(await readFile(path.join(back, 'lost.txt'), 'utf8')).toBe('lost')
    expect((await run(['help'])).out).toContain('Files       --to FOLDER [--only PATH,PATH]')
  })

  it.each([
    [['--owners', 'mine'], '--owners: '],
    [['--only', 'item'], '--only: "item" is not schema.table or schema.*.'],
  ])('refuses a target that its engine does not understand: %j', async (words, message) => {
    const { items } = JSON.parse((await run(['list', '--json', '--source', 'source 1'])).out)
    const outcome = await run(['restore', items[0].id, '--to', 'other', ...words])
    expect(outcome).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  })

  it('makes a token that the API would take', async () => {
    const made = JSON.parse((await run(['token', 'create', 'ci', '--role', 'viewer', '--json'])).out)
    expect(made).toMatchObject({ name: 'ci', role: 'viewer', token: expect.stringMatching(/^hf_/) })
  })

  it.each([
    [['frobnicate'], 2, 'There is no verb "frobnicate".'],
    [['backup'], 2, 'Name the source'],
    [['status', '--frob'], 2, 'Unknown option'],
    [['backup', 'source 1', '--kind', 'odd'], 2, '--kind is one of: '],
    [['backup', 'source 1', '--kind', 'snapshot'], 1, 'has no backups of kind snapshot'],
    [['backup', 'nothing'], 1, 'There is no source called "nothing".'],
  ])('answers %j with exit code %i', async (args, code, message) => {
    const outcome = await run(args)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toContain(message)
  })

  it('has a code for everything that goes wrong, which its exit code follows', async () => {
    const badOption = await run(['status', '--json', '--frob'])
    expect(badOption.code).toBe(2)
    expect(JSON.parse(badOption.out)).toMatchObject({ error: { code: 'usage' } })
    const elsewhere = { DATABASE_URL: '', HOLDFAST_HOME: path.join(product.home, 'nothing-here') }
    const notThere = await run(['status', '--json'], elsewhere)
    expect(notThere.code).toBe(3)
    expect(JSON.parse(notThere.out)).toMatchObject({ error: { code: 'not-running' } })
  })

  it('says in one line that the catalog does not answer', async () => {
    const outcome = await run(['status'], { DATABASE_URL: 'postgresql://x:secret-word@127.0.0.1:1/x' })
    expect(outcome.code).toBe(3)
    expect(outcome.err).toContain('Start it with npm start')
    expect(outcome.err).not.toContain('secret-word')
  })
})
