import type { Check } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { CopyFinding } from '@/lib/services/storage-care/record-finding'
import type { TaskArgs } from '../../task'
import { verifyCopy, type CopyToVerify } from '../verify/verify-copy'

/** A backup that the tested one builds on, as one destination has it. */
export interface ChainFinding {
  backupId: string
  /** When it was taken; null: the catalog does not know it. */
  startedAt: Date | null
  destinationName: string
  /** What the look at its copy found; null: there is no copy to look at. */
  found: CopyFinding | null
}

const lookedAt = ['stored', 'damaged', 'missing']

/**
 * Looks at every backup that this one builds on, in each destination that has a copy of this one: without one of them it cannot be
 * restored from there. Manifests are read and compared, and every object's size.
 */
export async function verifyChain(
  args: TaskArgs,
  backup: BackupModel & { copies: CopyToVerify[] },
): Promise<ChainFinding[]> {
  if (backup.dependsOn.length === 0) return []
  const { ctx, run } = args
  const bases = await ctx.db.backup.findMany({
    where: { id: { in: backup.dependsOn }, deletedAt: null },
    include: { copies: { where: { state: { in: lookedAt } }, include: { destination: true } } },
  })
  const byId = new Map(bases.map((base) => [base.id, base]))
  const findings: ChainFinding[] = []
  for (const { destination } of backup.copies.filter(({ state }) => lookedAt.includes(state))) {
    for (const backupId of backup.dependsOn) {
      run.signal.throwIfAborted()
      const base = byId.get(backupId)
      const copy = base?.copies.find(({ destinationId }) => destinationId === destination.id)
      const found = base && copy ? await look(args, base, copy) : null
      findings.push({ backupId, startedAt: base?.startedAt ?? null, destinationName: destination.name, found })
    }
  }
  return findings
}

/** Sizes say nothing of a copy whose bytes were found to be others: it stays damaged until it is read back or replaced. */
async function look(args: TaskArgs, base: BackupModel, copy: CopyToVerify): Promise<CopyFinding> {
  const found = await verifyCopy(args, base, copy, 'present')
  return copy.state === 'damaged' && found.state === 'stored' ? { ...found, state: 'damaged' } : found
}

/** What is wrong with each; else one check a destination. */
export function chainChecks(findings: ChainFinding[]): Check[] {
  return [...Map.groupBy(findings, ({ destinationName }) => destinationName)].flatMap(([name, chain]): Check[] => {
    const bad = chain.filter(({ found }) => found?.state !== 'stored')
    const count = `${chain.length} ${chain.length === 1 ? 'backup' : 'backups'}`
    if (bad.length === 0)
      return [{ name: 'chain-present', verdict: 'passed', detail: `${name}: ${count} that this one builds on` }]
    return bad.map((one) => ({
      name: 'chain-present',
      verdict: one.found?.state === 'unknown' ? 'inconclusive' : 'failed',
      detail: `${name}: this backup builds on ${called(one)}. ${troubleOf(one)}`,
    }))
  })
}

/** Whether some backup that it builds on is in none of the destinations. */
export const isChainLost = (findings: ChainFinding[]): boolean =>
  [...Map.groupBy(findings, ({ backupId }) => backupId).values()].some((copies) =>
    copies.every(({ found }) => found === null || found.state === 'missing' || found.state === 'damaged'),
  )

const called = ({ backupId, startedAt }: ChainFinding) =>
  startedAt ? `the one of ${startedAt.toISOString()} (${backupId})` : `the backup ${backupId}`

function troubleOf({ found, startedAt }: ChainFinding): string {
  if (found) return found.failure ? tellFailure(found.failure) : 'It was found to be damaged before.'
  return startedAt ? 'It has no copy there.' : 'The catalog does not know it.'
}
