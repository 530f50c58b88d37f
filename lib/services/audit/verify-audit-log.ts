import type { AuditFault, AuditHead, AuditVerification } from '@/lib/contracts/audit'
import type { Db } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { genesisHash } from './audit-digest'
import { auditHead } from './audit-head'
import { ChainChecker } from './chain-checker'
import { redactAction, Redactions } from './redactions'
import { readAuditPages } from './read-audit-pages'
import { ownSigningKeys } from '../signature/signing-keys'
import { signedAnchors, type Anchor } from './signed-anchors'

/**
 * Reads the whole log and checks each event against the one before, the end against what is noted beside it, and both
 * against the ends that signed evidence remembers. The first fault is named. What this can prove: docs/audit.md.
 */
export async function verifyAuditLog({
  ctx,
  signal,
}: {
  ctx: ServiceContext
  signal?: AbortSignal
}): Promise<AuditVerification> {
  permit(ctx.actor, 'admin')
  const { db } = ctx
  // In this order, and before the log: what is written meanwhile is then neither missing nor too much.
  const anchors = await signedAnchors(db, await ownSigningKeys(db, ctx.vault))
  const head = await auditHead(db)
  const { genesis, lastBeforeChain } = await db.auditHead.findUniqueOrThrow({ where: { id: 1 } })
  const beforeChain = await db.auditEvent.count({ where: { id: { lte: lastBeforeChain } } })
  const start = { lastId: Number(lastBeforeChain), hash: genesisHash(genesis) }
  const checker = new ChainChecker(start, await redactionsOf(ctx))
  const fault =
    genesisFault(genesis, { count: beforeChain, last: lastBeforeChain }) ??
    (await chainFault(db, checker, { head, anchors, signal })) ??
    endFault(checker, head, anchors) ??
    (await strayFault(db))
  return {
    ok: fault === null,
    verified: checker.verified,
    redacted: checker.redacted,
    beforeChain,
    head,
    anchors: { compared: anchors.length, newest: anchors[0]?.at ?? null },
    fault,
    checkedAt: ctx.clock.now().toISOString(),
  }
}

/** The redactions that the log itself records. Whether these events are genuine is checked when the chain reaches them. */
async function redactionsOf({ db, vault }: ServiceContext): Promise<Redactions> {
  const redactions = new Redactions(await ownSigningKeys(db, vault))
  for await (const rows of readAuditPages(db, { action: redactAction })) for (const row of rows) redactions.add(row)
  return redactions
}

/** The chain's beginning says how many events were there before it. */
function genesisFault(genesis: string, before: { count: number; last: bigint }): AuditFault | null {
  if (genesis.endsWith(`; events before: ${before.count}; last: ${before.last}`)) return null
  const message = 'Events from before the chain were removed or added, or its beginning was changed.'
  return { kind: 'missing', id: before.last.toString(), message }
}

async function chainFault(
  db: Db,
  checker: ChainChecker,
  known: { head: AuditHead; anchors: Anchor[]; signal: AbortSignal | undefined },
): Promise<AuditFault | null> {
  const anchorOf = new Map(known.anchors.map((anchor) => [BigInt(anchor.lastId), anchor]))
  const compare = (): AuditFault | null => {
    const { id, hash } = checker.last ?? { id: -1n, hash: '' }
    const anchor = anchorOf.get(id)
    return anchor && anchor.hash !== hash ? replaced(id, anchor) : null
  }
  const atStart = compare()
  if (atStart) return atStart
  const range = { gt: checker.last?.id ?? 0n, lte: BigInt(known.head.lastId) }
  for await (const rows of readAuditPages(db, { id: range }, known.signal)) {
    for (const row of rows) {
      const fault = checker.take(row) ?? compare()
      if (fault) return fault
    }
  }
  return null
}

function replaced(id: bigint, anchor: Anchor): AuditFault {
  return {
    kind: 'replaced',
    id: id.toString(),
    message: `The log was rewritten: ${anchor.where} (${anchor.at}) records event ${id} with another hash. Something up to this event was changed.`,
  }
}

/** Events removed from the end leave a consistent chain; only a recorded end reveals it. */
function endFault(checker: ChainChecker, head: AuditHead, anchors: Anchor[]): AuditFault | null {
  const last = checker.last ?? { id: 0n, hash: '' }
  const cut = (upTo: number, who: string): AuditFault => ({
    kind: 'cut-short',
    id: (last.id + 1n).toString(),
    message: `The log ends at event ${last.id}, but ${who} knows events up to ${upTo}.`,
  })
  const beyond = anchors.find((anchor) => BigInt(anchor.lastId) > last.id)
  if (beyond) return cut(beyond.lastId, `${beyond.where} (${beyond.at})`)
  if (BigInt(head.lastId) > last.id) return cut(head.lastId, 'the note of its end')
  if (head.hash === last.hash) return null
  return { kind: 'changed', id: last.id.toString(), message: 'The note of the end of the log was changed.' }
}

/** Rows behind the end that the chain knows, in one statement, since events go on being written meanwhile. */
async function strayFault(db: Db): Promise<AuditFault | null> {
  const [stray] = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM audit_event WHERE id > (SELECT last_id FROM audit_head WHERE id = 1) ORDER BY id LIMIT 1`
  if (!stray) return null
  return {
    kind: 'foreign',
    id: stray.id.toString(),
    message: `Event ${stray.id} lies behind the end of the chain: it was not written through it, or the note of the end was set back.`,
  }
}
