import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { Check } from '@/lib/contracts/backup'
import { parseLsn } from '@/lib/core/log/lsn'
import type { RecoveryPlan, RecoveryTarget } from '@/lib/core/recovery/plan-recovery'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import { base } from '@/lib/engines/postgres/physical/method'
import type { Proof, ProveInput } from '@/lib/ports/backup-method'
import { readableBase, takeBase, type TakenBase } from '@/test/helpers/databases/base-backup'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { offerPostgres17 } from '@/test/helpers/servers/postgres-17'
import { tempDir } from '@/test/helpers/temp'
import { type Lab, openLab, planIn } from '../recovery/lab'

export interface Proving {
  lab: Lab
  taken: TakenBase
  log: StoredLog
  plan(target?: RecoveryTarget): RecoveryPlan
  /** Proves, and sees that nothing of the sandbox is left. */
  prove(change?: Partial<ProveInput>): Promise<Proof>
  close(): Promise<void>
}

/** A server, `prepare`d, with a base backup and log after it. */
export async function openProving(
  options: { major: 15 | 17; initdb?: string[] },
  prepare: (lab: Lab) => Promise<void>,
  count = 120,
): Promise<Proving> {
  if (options.major === 17) await offerPostgres17()
  const lab = await openLab(options)
  const dir = await tempDir('prove')
  const root = path.join(dir.path, 'root')
  const parts = path.join(dir.path, 'parts')
  for (const folder of [root, parts]) mkdirSync(folder)
  for (const folder of [dir.path, root]) chmodSync(folder, 0o755)
  await prepare(lab)
  const taken = await takeBase(lab.primary.source({ connection: { database: 'shop' } }), parts, makeTestRun())
  const range = taken.session.range?.()
  const endedAt = taken.session.endedAt?.()
  if (!range || !endedAt) throw new Error('a base backup has a range')
  const backup = readableBase(taken)
  await lab.commit(count)
  const [from, to] = [range.from, range.to].map(parseLsn)
  if (from === undefined || to === undefined) throw new Error('a range has two ends')
  const { backupId } = backup.manifest
  const bases = [{ backupId, timeline: range.timeline, start: from, end: to, endedAt }]
  const log: StoredLog = { bases, ranges: [await lab.archived()], histories: [] }
  const plan = (target: RecoveryTarget = { type: 'latest' }) => planIn(log, target)
  return {
    ...{ lab, taken, log, plan },
    async prove(change = {}) {
      const recovery = { log: lab.reader(), plan: plan() }
      const order: ProveInput = {
        ...backup,
        level: 'standard',
        sandbox: { root, keepOut: nothing },
        recovery,
        ...change,
      }
      const sockets = () => readdirSync('/tmp').filter((name) => name.startsWith('holdfast-s'))
      const before = sockets()
      try {
        return await base.prove(order, makeTestRun())
      } finally {
        expect(readdirSync(root)).toEqual([])
        expect(sockets().filter((name) => !before.includes(name))).toEqual([])
      }
    },
    async close() {
      await lab.close()
      await dir.remove()
    },
  }
}

/** Verdicts by the names of the checks; of several with one name the worst is told. */
export function verdicts({ checks }: Proof): Record<string, string> {
  const order = ['passed', 'inconclusive', 'failed']
  const told: Record<string, string> = {}
  for (const { name, verdict } of checks)
    if (order.indexOf(verdict) >= order.indexOf(told[name] ?? 'passed')) told[name] = verdict
  return told
}

export function checkIn({ checks }: Proof, name: string): Check {
  const check = checks.find((each) => each.name === name)
  if (!check) throw new Error(`there is no check ${name}`)
  return check
}

/** Changes files of a server that is stopped meanwhile, as a disk does. */
export async function damaging(lab: Lab, damage: (place: (file: string) => string) => void): Promise<void> {
  await lab.primary.sql('CHECKPOINT')
  await lab.primary.stop()
  damage((file) => path.join(lab.primary.dataDir, file))
  await lab.primary.start()
}

export const remove = (file: string) => rmSync(file)
export const cutShort = (file: string, bytes: number) => truncateSync(file, bytes)

/** Two pages take each other's place. */
export function swapPages(file: string, one: number, other: number): void {
  const bytes = readFileSync(file)
  const page = (number: number) => bytes.subarray(number * 8192, (number + 1) * 8192)
  const kept = Buffer.from(page(one))
  page(other).copy(page(one))
  kept.copy(page(other))
  writeFileSync(file, bytes)
}

export function changeByte(file: string, at: number, mask = 0xff): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at)
  writeFileSync(file, bytes)
}

export function setByte(file: string, at: number, value: number): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(value, at)
  writeFileSync(file, bytes)
}

/** Where a relation's file is, below the data directory. */
export async function fileOf(lab: Lab, relation: string, database = 'shop'): Promise<string> {
  const [row] = await lab.primary.sql(`SELECT pg_relation_filepath('${relation}') AS path`, database)
  return String(row?.path)
}
