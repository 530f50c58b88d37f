import { logical } from '@/lib/engines/postgres/logical/method'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Check } from '@/lib/contracts/backup'
import type { ConfinementReport } from '@/lib/contracts/confinement'
import type { ConfinedOrder } from '@/test/fixtures/confined-run'
import { bundleProgram } from '@/test/helpers/bundle-program'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { attackScript, makeHostile, type Prey } from '@/test/helpers/faults/hostile-database'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { processesNaming } from '@/test/helpers/processes'
import { makeTestRun } from '@/test/helpers/run-context'
import { roomUser, type RoomPlan, runInRoom } from '@/test/helpers/rooms'
import { tempDir } from '@/test/helpers/temp'

interface Answer {
  checks?: Check[]
  evidence?: { confinement?: ConfinementReport; acceptedUnconfined?: boolean }
  error?: { code: string; message: string; remedy?: string }
  warnings?: string[]
}

const word = `hostile${process.pid}`
const root = { who: 'root', bubblewrap: true, namespaces: true } satisfies RoomPlan
const ordinary = { ...root, who: 'ordinary' } satisfies RoomPlan
const rooms: {
  name: string
  plan: RoomPlan
  by: ConfinementReport['by']
  grade: ConfinementReport['grade']
  user: RegExp
}[] = [
  { name: 'as root', plan: root, by: 'bubblewrap', grade: 'isolated', user: /of its own/ },
  {
    name: 'as root without bubblewrap',
    plan: { ...root, bubblewrap: false },
    by: 'util-linux',
    grade: 'isolated',
    user: /of its own/,
  },
  {
    name: 'as root of a container that permits user namespaces',
    plan: { ...root, administers: false },
    by: 'bubblewrap',
    grade: 'isolated',
    user: /of its own/,
  },
  {
    name: 'as root of an ordinary container',
    plan: { ...root, namespaces: false },
    by: 'user',
    grade: 'own-user',
    user: /of its own/,
  },
  { name: 'as an ordinary user', plan: ordinary, by: 'bubblewrap', grade: 'isolated', user: /of the worker/ },
  {
    name: 'as an ordinary user without bubblewrap',
    plan: { ...ordinary, bubblewrap: false },
    by: 'util-linux',
    grade: 'isolated',
    user: /of the worker/,
  },
  {
    name: 'as a user with subordinate users',
    plan: { ...root, who: 'subordinate' },
    by: 'bubblewrap',
    grade: 'isolated',
    user: /subordinate/,
  },
  {
    name: 'as one without bubblewrap',
    plan: { who: 'subordinate', bubblewrap: false, namespaces: true },
    by: 'util-linux',
    grade: 'isolated',
    user: /subordinate/,
  },
]

/** At level standard a share: the rooms differ at every level in the same way. `npm run faults -- --rooms` takes them all. */
const roomsAtStandard =
  process.env['HOLDFAST_TEST_ROOMS'] === 'all' ? rooms : rooms.filter(({ plan }) => plan === root || plan === ordinary)

describe('a database that attacks the one who restores it', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let prey: Prey
  let process_: ChildProcess
  let calls = 0
  const listeners: Server[] = []
  const program = () => path.join(dir.path, 'confined-run.mjs')
  const home = () => path.join(dir.path, 'home')

  beforeAll(async () => {
    pg = await startPostgres()
    dir = await tempDir('hostile')
    // Where a worker of any user starts; what is inside is closed to all but its owner.
    chmodSync(dir.path, 0o711)
    for (const folder of ['home', 'parts', 'rooms']) mkdirSync(path.join(dir.path, folder), { mode: 0o711 })
    mkdirSync(path.join(home(), 'keys'), { mode: 0o700 })
    const secret = path.join(home(), 'keys/master-key')
    writeFileSync(secret, 'the master key', { mode: 0o600 })
    const socket = path.join(home(), 'keys/socket')
    for (const where of [{ port: 0, host: '127.0.0.1' }, { path: socket }]) {
      const server = createServer((connection) => {
        calls += 1
        connection.destroy()
      })
      await new Promise<void>((resolve) => server.listen(where, resolve))
      listeners.push(server)
    }
    const address = listeners[0]?.address()
    const port = typeof address === 'object' && address ? address.port : 0
    process_ = spawn('sh', ['-c', 'while sleep 1; do :; done', `${word}-prey`], { stdio: 'ignore' })
    const folders = [home(), path.join(home(), 'keys'), dir.path, '/var/tmp', '/tmp']
    prey = { secret, folders, pid: process_.pid ?? 0, port, socket, word }
    await makeHostile(pg, 'hostile', attackScript(prey))
    const source = pg.source({ connection: { database: 'hostile' } })
    backup = await takeBackup(logical, source, path.join(dir.path, 'parts'), makeTestRun())
    for (const part of backup.manifest.parts) chmodSync(path.join(dir.path, 'parts', part.file), 0o644)
    await bundleProgram('test/fixtures/confined-run.ts', program())
    chmodSync(program(), 0o644)
  })
  afterEach(() => {
    for (const folder of ['/tmp', '/var/tmp', dir.path, home()]) rmSync(path.join(folder, word), { force: true })
  })
  afterAll(async () => {
    process_?.kill('SIGKILL')
    for (const server of listeners) server.close()
    await pg?.close()
    await dir?.remove()
  })

  /** In the room, on a sandbox folder and with keys of the room's own user. */
  async function work(plan: RoomPlan, order: Partial<ConfinedOrder>, bin = ''): Promise<Answer> {
    const name = `${plan.who}-${plan.bubblewrap}-${plan.namespaces}-${plan.administers ?? true}`
    const folder = path.join(dir.path, 'rooms', name)
    const sandboxes = path.join(folder, 'sandboxes')
    mkdirSync(sandboxes, { recursive: true })
    chownSync(sandboxes, roomUser(plan), roomUser(plan))
    for (const file of [home(), path.dirname(prey.secret), prey.secret, prey.socket])
      chownSync(file, roomUser(plan), roomUser(plan))
    const paths = [path.dirname(prey.secret), prey.secret]
    const file = path.join(folder, 'order.json')
    const whole: ConfinedOrder = {
      manifest: backup.manifest,
      parts: path.join(dir.path, 'parts'),
      level: 'standard',
      ...order,
      sandbox: { root: sandboxes, keepOut: { paths, pids: [prey.pid], sockets: [prey.socket] }, ...order.sandbox },
    }
    writeFileSync(file, JSON.stringify(whole))
    const answer: Answer = JSON.parse(
      await runInRoom(plan, folder, ['env', `HOLDFAST_PG_BIN=${bin}`, process.execPath, program(), file]),
    )
    if (answer.error?.code === 'unexpected') throw new Error(answer.error.message)
    expect(readdirSync(sandboxes), 'folders left behind').toEqual([])
    return answer
  }

  /** What holds after any attack, whatever the verdict was. */
  function expectUnharmed(): void {
    expect(processesNaming(`${word}-survivor`), 'processes left behind').toEqual([])
    expect(processesNaming(`${word}-prey`), 'the process that it went for').toHaveLength(1)
    expect(calls, 'connections made').toBe(0)
    for (const folder of prey.folders) expect(existsSync(path.join(folder, word)), `written in ${folder}`).toBe(false)
    expect(readFileSync(prey.secret, 'utf8')).toBe('the master key')
  }

  it('does get all of it where nothing stands in its way: the attack is a real one', async () => {
    const script = attackScript({ ...prey, pid: 0, word: `${word}-free` })
    const said = await runInRoom(root, path.join(dir.path, 'rooms/free'), ['/bin/sh', '-c', script])
    expect(said).toContain('the master key')
    for (const folder of prey.folders) expect(existsSync(path.join(folder, `${word}-free`))).toBe(true)
    for (const thing of ['the secret', 'the network', 'a socket']) expect(said).toContain(`got: ${thing}`)
    // It has connected, which this process hears a moment later; and what it left forks every second.
    await expect.poll(() => calls).toBe(2)
    calls = 0
    await expect.poll(() => processesNaming(`${word}-free-survivor`)).toHaveLength(1)
    execFileSync('pkill', ['-KILL', '-f', `${word}-free-survivor`])
    for (const folder of prey.folders) rmSync(path.join(folder, `${word}-free`), { force: true })
  })

  describe.each(roomsAtStandard)('$name', ({ plan, by, grade, user }) => {
    it('reaches nothing of Holdfast in a standard test, and the evidence says what held it (security 12, 13, 20, 21, fault 106)', async () => {
      const answer = await work(plan, { level: 'standard' })
      expectUnharmed()
      expect(answer.error?.message).toBeUndefined()
      expect(answer.evidence?.confinement).toMatchObject({ by, grade, user: expect.stringMatching(user), reasons: [] })
      expect(answer.evidence?.acceptedUnconfined).toBeUndefined()
      expect(answer.checks?.find((check) => check.name === 'restores-without-errors')?.verdict).toBe('passed')
    })
  })

  describe.each(rooms)('$name', ({ plan, by, grade, user }) => {
    it('reaches nothing of Holdfast in a comprehensive test, tells itself that it ran and got nothing, and the evidence says what held it (security 12, 13, 20, 21, fault 106)', async () => {
      const sql = `SELECT count(public.attack(1)) || ' ' || (SELECT string_agg(DISTINCT line, ',') FROM public.loot)`
      const asked = { name: 'loot', sql, expected: '1 ran' }
      const answer = await work(plan, {
        level: 'comprehensive',
        expectations: { assertions: [asked], criticalTables: [] },
      })
      expectUnharmed()
      expect(answer.error?.message).toBeUndefined()
      expect(answer.evidence?.confinement).toMatchObject({ by, grade, user: expect.stringMatching(user), reasons: [] })
      expect(answer.evidence?.acceptedUnconfined).toBeUndefined()
      expect(answer.checks?.find((check) => check.name === 'restores-without-errors')?.verdict).toBe('passed')
      const said = answer.checks?.find((check) => check.name === 'sql-assertion')?.actual
      // Without a namespace it sees names of processes; that is told by the grade.
      expect(said).toBe(grade === 'isolated' ? '1 ran' : '1 got: a look at the processes,ran')
    })
  })

  describe.each(rooms.filter(({ plan }) => plan.bubblewrap))('a restore, $name', ({ plan, grade }) => {
    it('runs the code of the backup with the rights of the role that restores, and its own tool reaches nothing (security 12, 20)', async () => {
      const parts = path.join(dir.path, 'quiet')
      if (!existsSync(parts)) {
        mkdirSync(parts, { mode: 0o711 })
        await pg.sql(`CREATE ROLE restorer LOGIN CREATEDB`)
        const script = `echo x > '/tmp/${word}'; echo ran`
        await makeHostile(pg, 'quiet', script, { eventTrigger: false })
      }
      const quiet = await takeBackup(logical, pg.source({ connection: { database: 'quiet' } }), parts, makeTestRun())
      for (const part of quiet.manifest.parts) chmodSync(path.join(parts, part.file), 0o644)
      // As if the archive had taken pg_restore over: what the tool itself may do then.
      const bin = path.join(dir.path, 'taken-over')
      mkdirSync(bin, { recursive: true })
      const attack = attackScript({ ...prey, port: 1 })
      const real = '/usr/lib/postgresql/15/bin'
      writeFileSync(path.join(bin, 'pg_restore'), `#!/bin/sh\n(${attack}) >&2\nexec ${real}/pg_restore "$@"\n`)
      writeFileSync(path.join(bin, 'pg_dump'), `#!/bin/sh\nexec ${real}/pg_dump "$@"\n`)
      for (const name of ['pg_restore', 'pg_dump']) chmodSync(path.join(bin, name), 0o755)
      const database = `restored_${plan.who}_${grade === 'isolated'}_${plan.administers ?? true}`
      const source = pg.source({ connection: { user: 'restorer', database: 'postgres' } })
      const target = { source, database, owners: 'drop' as const }
      const answer = await work(plan, { manifest: quiet.manifest, parts, target }, bin)
      expect(answer.error?.message).toBeUndefined()
      expectUnharmed()
      const said = new Set((answer.warnings ?? []).join('\n').match(/^(got: .*|ran)$/gm))
      expect([...said].sort()).toEqual(grade === 'isolated' ? ['ran'] : ['got: a look at the processes', 'ran'])
      expect(await pg.sql('SELECT count(*)::int AS rows FROM public.ordinary', database)).toEqual([{ rows: 3 }])
      expect(await pg.sql('SELECT * FROM public.loot', database)).toEqual([])
    })
  })

  const container = { ...ordinary, namespaces: false }

  it('is not restored at all where nothing can be kept apart, with the reason and what to do (security 20, fault 106)', async () => {
    const keep = { paths: [path.dirname(prey.secret), prey.secret], pids: [prey.pid], sockets: [] }
    const root = path.join(dir.path, 'rooms/ordinary-true-false-true/sandboxes')
    const answer = await work(container, { level: 'comprehensive', sandbox: { root, keepOut: keep } })
    expectUnharmed()
    expect(answer.error).toMatchObject({
      code: 'sandbox-unconfined',
      message: expect.stringContaining('the worker'),
      remedy: expect.stringContaining('bubblewrap'),
    })
  })

  it('is restored there when an administrator accepts that, which the evidence then says (security 20)', async () => {
    const accepted = { acceptUnconfined: true, root: path.join(dir.path, 'rooms/ordinary-true-false-true/sandboxes') }
    const answer = await work(container, { sandbox: { keepOut: { paths: [], pids: [], sockets: [] }, ...accepted } })
    expect(answer.evidence).toMatchObject({ acceptedUnconfined: true, confinement: { grade: 'none', by: 'user' } })
    expect(answer.evidence?.confinement?.reasons).not.toEqual([])
    execFileSync('pkill', ['-KILL', '-f', `${word}-survivor`])
    if (!processesNaming(`${word}-prey`).length) throw new Error('it ended our process, as it might')
    calls = 0
  })

  it('fills the disk up to its limit only, and the test says so without a verdict (security 21, 28, fault 87)', async () => {
    const folder = path.join(dir.path, 'filling')
    mkdirSync(folder)
    await makeHostile(pg, 'filling', 'while :; do head -c 50000000 /dev/zero > /tmp/fill.$RANDOM$$.`date +%N`; done')
    const run = makeTestRun()
    const source = pg.source({ connection: { database: 'filling' } })
    const filling = await takeBackup(logical, source, folder, run)
    const before = await freeBytes(folder)
    const sandbox = {
      root: path.join(folder, 's'),
      keepOut: { paths: [], pids: [], sockets: [] },
      diskBytes: 700_000_000,
    }
    let least = before
    const watching = setInterval(
      () =>
        void freeBytes(folder).then(
          (free) => (least = Math.min(least, free)),
          () => undefined,
        ),
      50,
    )
    await expect(
      logical.prove({ manifest: filling.manifest, open: filling.open, level: 'standard', sandbox }, run),
    ).rejects.toMatchObject({ code: 'sandbox-full' })
    clearInterval(watching)
    expect(readdirSync(sandbox.root)).toEqual([])
    // Twice the limit is for what others write meanwhile, and for the moment until it is seen.
    expect(before - least).toBeLessThan(2 * sandbox.diskBytes + 500_000_000)
  })
})

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
