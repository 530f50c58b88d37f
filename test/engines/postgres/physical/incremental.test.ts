import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseLsn } from '@/lib/core/log/lsn'
import { type HandStep, stepLines } from '@/lib/core/repository/hand-step'
import { logFolder, logKey } from '@/lib/core/repository/log-paths'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import { asBackedUp, howToRestore } from '@/lib/engines/postgres/physical/how-to-restore'
import { incremental } from '@/lib/engines/postgres/physical/method'
import { requireCombine } from '@/lib/engines/postgres/physical/restore/combine'
import { openPoint } from '@/lib/engines/postgres/physical/point/open-point'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import {
  readableBase,
  takeBase,
  type TakenBase,
  unpackByHand,
  verifyBase,
} from '../../../helpers/databases/base-backup'
import { commandsOf } from '../../../helpers/databases/hand-commands'
import { freePort } from '../../../helpers/servers/ports'
import { makeTestRun, nothing } from '../../../helpers/run-context'
import { offerPostgres17, postgres17Bin } from '../../../helpers/servers/postgres-17'
import { startPostgres } from '../../../helpers/servers/postgres'
import { tempDir } from '../../../helpers/temp'
import { type Lab, openLab, planIn } from '../recovery/lab'
import { checkIn, verdicts } from './proving'

/** What tells whether a recovered cluster has what the source had. */
const questions = [
  'SELECT count(*), sum(hashtext(text)::int8)::text AS sum FROM orders',
  'SELECT count(*), sum(id) FROM elsewhere',
  'SELECT count(*) FROM emptied',
  "SELECT to_regclass('dropped')::text AS gone, to_regclass('later')::text AS later",
  'SELECT sum(id) FROM bulk WHERE id % 7 = 0',
]

describe('incremental base backups of PostgreSQL 17', () => {
  let lab: Lab
  let work: Awaited<ReturnType<typeof tempDir>>
  const taken: TakenBase[] = []
  const chain: ReadableBackup[] = []
  let log: StoredLog
  let held: string[] = []

  const source = () => lab.primary.source({ connection: { database: 'shop' } })
  const sql = (text: string) => lab.primary.sql(text, 'shop')
  const parts = (name: string) => {
    const folder = path.join(work.path, name)
    mkdirSync(folder)
    return folder
  }
  async function take(name: string, parent = chain.at(-1)): Promise<TakenBase> {
    return takeBase(source(), parts(name), makeTestRun(), parent ? { parent } : {})
  }
  async function add(name: string): Promise<void> {
    const one = await take(name)
    chain.push(readableBase(one, chain.at(-1)))
    taken.push(one)
  }
  const ask = async () => {
    const rows: string[] = []
    for (const question of questions) rows.push(JSON.stringify(await sql(question)))
    return rows
  }

  beforeAll(async () => {
    await offerPostgres17()
    work = await tempDir('incremental')
    execFileSync('chmod', ['755', work.path])
    lab = await openLab({ major: 17, initdb: ['--data-checksums'] })
    await lab.primary.sql('ALTER SYSTEM SET summarize_wal = on')
    await lab.primary.sql('SELECT pg_reload_conf()')
    for (const name of ['space', 'later-space']) {
      const space = path.join(path.dirname(lab.primary.dataDir), name)
      execFileSync('install', ['-d', '-o', 'postgres', space])
      if (name === 'space') await lab.primary.sql(`CREATE TABLESPACE fast LOCATION '${space}'`)
    }
    await lab.primary.sql('CREATE DATABASE shop')
    await sql(`CREATE TABLE orders (id int PRIMARY KEY, text text);
      INSERT INTO orders SELECT g, md5(g::text) FROM generate_series(1, 20000) g;
      CREATE TABLE bulk AS SELECT g AS id, repeat('b', 500) AS text FROM generate_series(1, 100000) g;
      CREATE TABLE emptied AS SELECT generate_series(1, 5000) AS id; CREATE TABLE dropped AS SELECT 1 AS id;
      CREATE TABLE elsewhere (id int PRIMARY KEY USING INDEX TABLESPACE fast) TABLESPACE fast;
      INSERT INTO elsewhere SELECT generate_series(1, 20000)`)
    // Else the first reader after a backup writes to every page of it.
    await sql('VACUUM FREEZE')
    await add('full')
    await sql(`UPDATE orders SET text = 'changed' WHERE id % 100 = 0; TRUNCATE emptied; DROP TABLE dropped;
      DELETE FROM elsewhere WHERE id > 19000; INSERT INTO elsewhere SELECT generate_series(30001, 30100);
      INSERT INTO emptied SELECT generate_series(1, 10)`)
    await sql('VACUUM elsewhere')
    await add('second')
    const later = path.join(path.dirname(lab.primary.dataDir), 'later-space')
    await lab.primary.sql(`CREATE TABLESPACE slow LOCATION '${later}'`)
    await sql('CREATE TABLE later TABLESPACE slow AS SELECT generate_series(1, 3000) AS id')
    await sql(`UPDATE orders SET text = 'again' WHERE id % 77 = 0; UPDATE bulk SET text = 'few' WHERE id = 4711`)
    await add('third')
    await sql("INSERT INTO orders VALUES (99999, 'after the last')")
    await lab.commit(3)
    held = await ask()
    const bases = taken.map(({ session }, index) => {
      const range = session.range?.()
      const endedAt = session.endedAt?.()
      if (!range || !endedAt) throw new Error('an incremental backup has a range')
      const [start, end] = [parseLsn(range.from), parseLsn(range.to)]
      return { backupId: chain[index]?.manifest.backupId ?? '', timeline: range.timeline, start, end, endedAt }
    })
    const [first] = bases
    if (!first) throw new Error('nothing was taken')
    log = { bases: bases.slice(-1), ranges: [{ ...(await lab.archived()), from: first.start }], histories: [] }
  })
  afterAll(async () => {
    await lab?.close()
    await work?.remove()
  })

  const last = () => {
    const backup = chain.at(-1)
    if (!backup) throw new Error('nothing was taken')
    return backup
  }
  async function prove(change: { before?: ReadableBackup[] } = {}) {
    const root = parts(`root-${readdirSync(work.path).length}`)
    const recovery = { log: lab.reader(), plan: planIn(log, { type: 'latest' }) }
    const sandbox = { root, keepOut: nothing }
    const before = chain.slice(0, -1)
    const level = 'comprehensive'
    const proof = await incremental.prove({ ...last(), before, level, sandbox, recovery, ...change }, makeTestRun())
    expect(readdirSync(root)).toEqual([])
    return proof
  }

  it('store what changed, and say what they build on', () => {
    expect(taken.map(({ session }) => [session.kind, session.builtOn])).toEqual([
      ['base', false],
      ['incremental', true],
      ['incremental', true],
    ])
    for (const { session } of taken) expect(session.warnings).toEqual([])
    const sizes = chain.map(({ manifest }) => manifest.parts.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0))
    for (const size of sizes.slice(1)) expect(size).toBeLessThan((sizes[0] ?? 0) / 4)
  })

  it('are whole for the server’s own programs, alone and combined by hand', async () => {
    const places = taken.map((one, index) => {
      const into = parts(`by-hand-${index}`)
      unpackByHand(one, into, lab.archive)
      expect(verifyBase(lab.primary, path.join(into, 'data'))).toContain('successfully verified')
      return into
    })
    const spaces = readdirSync(path.join(places[2] ?? '', 'data', 'pg_tblspc'))
    expect(spaces).toHaveLength(2)
    const output = parts('combined')
    execFileSync('chown', ['postgres:', output])
    const moved = spaces.flatMap((oid) => ['-T', `${places[2]}/space-${oid}=${output}/space-${oid}`])
    const inputs = places.map((place) => path.join(place, 'data'))
    const command = [path.join(await postgres17Bin(), 'pg_combinebackup'), ...moved, '-o', `${output}/data`, ...inputs]
    execFileSync('runuser', ['-u', 'postgres', '--', ...command], { cwd: '/', stdio: 'pipe' })
    expect(verifyBase(lab.primary, path.join(output, 'data'))).toContain('successfully verified')
  })

  it('are proven by recovering the whole chain', async () => {
    const proof = await prove()
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(proof.evidence.chain).toEqual(chain.map(({ manifest }) => manifest.backupId))
  })

  it('become a server with what the source had', async () => {
    const recovery = { log: lab.reader(), plan: planIn(log, { type: 'latest' }) }
    const sandbox = { root: parts('looked-at'), keepOut: nothing }
    const order = { ...last(), before: chain.slice(0, -1), recovery, use: 'look' as const, sandbox }
    const point = await openPoint(order, makeTestRun())
    try {
      const limits = { rows: 10, bytes: 10_000, ms: 60_000 }
      for (const [index, text] of questions.entries()) {
        const { columns, rows } = await point.query({ database: 'shop', sql: text, limits }, makeTestRun())
        const [row = []] = rows
        const told = JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]])))
        expect(told.replaceAll('"', '')).toBe(JSON.stringify(JSON.parse(held[index] ?? '')[0]).replaceAll('"', ''))
      }
    } finally {
      await point.close()
    }
  })

  it('become a server by the commands of their guides, typed one after the other', async () => {
    const root = parts('typed')
    const place = { sourceId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11', identity: '', timeline: '00000001' }
    const identity = taken[0]?.facts.systemIdentifier ?? ''
    const logPlace = { ...place, identity }
    const repository = path.dirname(path.dirname(path.dirname(logFolder(logPlace))))
    for (const name of readdirSync(lab.archive).filter((one) => /^[0-9A-F]{24}$/.test(one))) {
      const segment = { number: Number.parseInt(name.slice(16), 16), name }
      const key = logKey(logPlace, { kind: 'segment', segment, compression: 'none', encryption: 'none' })
      const to = path.join(root, path.relative(repository, key))
      mkdirSync(path.dirname(to), { recursive: true })
      copyFileSync(path.join(lab.archive, name), to)
    }
    const folders = chain.map(({ manifest }, index) => {
      const folder = path.join(root, `2026010${index}T000000Z-${manifest.backupId}`)
      cpSync(taken[index]?.folder ?? '', folder, { recursive: true })
      writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
      return folder
    })
    execFileSync('chown', ['-R', 'postgres:', root])
    const port = await freePort()
    const env = [`PATH=${lab.primary.bin}:/usr/bin:/bin`, `PGPORT=${port}`, 'PGHOST=127.0.0.1', 'PGUSER=postgres']
    const typed = (cwd: string, command: string[]) => {
      const args = ['-u', 'postgres', '--', 'env', '-i', ...env, ...command]
      return execFileSync('runuser', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    }
    const typeAll = (cwd: string, steps: HandStep[]) =>
      typed(cwd, ['bash', '-c', ['set -euo pipefail; umask 077', ...commandsOf(stepLines(steps))].join('\n')])
    const [lastFolder = ''] = folders.slice(-1)
    for (const [index, folder] of folders.entries()) {
      const manifest = chain[index]?.manifest
      const steps = manifest ? howToRestore(manifest.parts, manifest) : []
      const whole = steps.findIndex(({ say }) => say === asBackedUp)
      expect(whole).toBeGreaterThan(3)
      if (folder === lastFolder) break
      expect(typeAll(folder, steps.slice(0, whole))).toContain('backup successfully verified')
    }
    try {
      const said = typeAll(lastFolder, howToRestore(last().manifest.parts, last().manifest))
      expect(said.match(/backup successfully verified/g)).toHaveLength(2)
      for (const [index, question] of questions.entries()) {
        const json = `SELECT row_to_json(answer) FROM (${question}) answer`
        const told = typed(lastFolder, ['psql', '-XAt', '-d', 'shop', '-c', json]).replaceAll('"', '').trim()
        expect(told).toBe(JSON.stringify(JSON.parse(held[index] ?? '')[0]).replaceAll('"', ''))
      }
    } finally {
      typed(lastFolder, ['bash', '-c', 'pg_ctl -D restored -m immediate stop || cat recovery.log'])
    }
  })

  it.each([0, 1, 2])('fail by name when member %i of the chain is damaged', async (index) => {
    const member = chain[index]
    if (!member) throw new Error('no such member')
    const damaged: ReadableBackup = {
      manifest: member.manifest,
      async open(part, run) {
        const whole = await member.open(part, run)
        if (part !== member.manifest.parts.find(({ role }) => role === 'base')) return whole
        return Readable.from(flipped(whole, 200_000))
      },
    }
    const backups = chain.map((one) => (one === member ? damaged : one))
    const proof = await prove({ before: backups.slice(0, -1), ...(index === 2 ? damaged : {}) })
    expect(verdicts(proof)).toEqual({ 'files-as-listed': 'failed' })
    const { detail } = checkIn(proof, 'files-as-listed')
    expect(detail).toMatch(/has other content|checksum|damaged/)
    expect(detail?.includes(member.manifest.backupId)).toBe(index !== 2)
  })

  it('fail by name when a member is missing, or is another', async () => {
    const [full, second] = chain
    if (!full || !second) throw new Error('nothing was taken')
    const missing = await prove({ before: [full] })
    expect(checkIn(missing, 'files-as-listed')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining(second.manifest.backupId),
    })
    // The catalog and the manifests agree, and what lies there is another backup of the same server.
    const other = { manifest: { ...full.manifest, ...idsOf(second) }, open: full.open }
    const wrong = await prove({ before: [full, other] })
    expect(checkIn(wrong, 'files-as-listed')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('do not fit together'),
    })
  })

  it.each([
    ['summaries were removed', removeSummaries, /summaries/],
    ['summarize_wal is off', () => setSummaries('off'), /summarize_wal is off/],
  ])('are full ones with the reason where %s', async (name, change, reason) => {
    await change()
    onTestFinished(() => setSummaries('on'))
    const { session } = await take(name.replaceAll(' ', '-'), chain[0])
    expect([session.kind, session.builtOn]).toEqual(['base', false])
    expect(session.warnings).toEqual([expect.stringMatching(reason)])
    expect(session.warnings[0]).toMatch(/^A full base backup is taken instead of an incremental one: /)
  })

  it('are full ones with the reason where the parent is of another server, or its list is damaged', async () => {
    const { manifest, open } = last()
    const foreign = await take('foreign', { manifest: { ...manifest, identity: '17/1' }, open })
    expect(foreign.session).toMatchObject({ kind: 'base', warnings: [expect.stringContaining('another server')] })
    const broken = () => Promise.reject(new HoldfastError('object-damaged', 'The bytes are others.'))
    const damaged = await take('damaged-list', { manifest, open: broken })
    expect(damaged.session).toMatchObject({ kind: 'base', warnings: [expect.stringContaining('is damaged')] })
    const nonsense = async () => Readable.from([Buffer.from('{"nothing": 1}\n')])
    const refused = await take('refused-list', { manifest, open: nonsense })
    expect(refused.session).toMatchObject({ kind: 'base', warnings: [expect.stringContaining('refuses the list')] })
  })

  it('are full ones with the reason where the parent is of a timeline that the server never was on', async () => {
    const list = readFileSync(path.join(taken[2]?.folder ?? '', 'backup_manifest'), 'latin1')
    const changed = list.replace('"Timeline": 1,', '"Timeline": 7,')
    expect(changed).not.toBe(list)
    const [body = ''] = changed.split('"Manifest-Checksum"')
    const sum = createHash('sha256').update(body, 'latin1').digest('hex')
    const other = Buffer.from(`${body}"Manifest-Checksum": "${sum}"}\n`, 'latin1')
    const parent = { manifest: last().manifest, open: async () => Readable.from([other]) }
    const { session } = await take('other-timeline', parent)
    expect(session).toMatchObject({ kind: 'base', warnings: [expect.stringContaining('timeline 7')] })
  })

  it('need the program that combines beside the server’s others, and say so', async () => {
    const version = { version: '17.0', major: 17 }
    await expect(requireCombine({ folder: work.path, ...version })).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      message: expect.stringContaining('pg_combinebackup'),
    })
    await requireCombine({ folder: await postgres17Bin(), ...version })
  })

  it('are not begun at all when the store of the parent is away', async () => {
    const away = () =>
      Promise.reject(new HoldfastError('storage-unreachable', 'The store is away.', { transient: true }))
    await expect(take('away', { manifest: last().manifest, open: away })).rejects.toMatchObject({ transient: true })
  })

  async function setSummaries(value: 'on' | 'off'): Promise<void> {
    await lab.primary.sql(`ALTER SYSTEM SET summarize_wal = ${value}`)
    await lab.primary.sql('SELECT pg_reload_conf()')
  }

  /** As after wal_summary_keep_time. */
  async function removeSummaries(): Promise<void> {
    const folder = path.join(lab.primary.dataDir, 'pg_wal', 'summaries')
    const names = readdirSync(folder)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) rmSync(path.join(folder, name))
  }
})

describe('incremental base backups of PostgreSQL 15', () => {
  it('are full ones that say why', async () => {
    await using dir = await tempDir('incremental')
    const server = await startPostgres()
    try {
      const folders = ['one', 'other'].map((name) => path.join(dir.path, name))
      for (const folder of folders) mkdirSync(folder)
      const [one = '', other = ''] = folders
      const parent = readableBase(await takeBase(server.source(), one, makeTestRun()))
      const { session } = await takeBase(server.source(), other, makeTestRun(), { parent })
      expect([session.kind, session.builtOn]).toEqual(['base', false])
      expect(session.warnings).toEqual([expect.stringMatching(/PostgreSQL 15\.\d+.*only 17 and newer/)])
    } finally {
      await server.close()
    }
  })
})

const idsOf = ({ manifest: { backupId, chain } }: ReadableBackup) => ({ backupId, chain })

async function* flipped(stream: Readable, at: number): AsyncGenerator<Buffer> {
  let from = 0
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a part is read in bytes')
    const own = Buffer.from(chunk)
    if (at >= from && at < from + own.length) own.writeUInt8(own.readUInt8(at - from) ^ 0xff, at - from)
    from += own.length
    yield own
  }
}
