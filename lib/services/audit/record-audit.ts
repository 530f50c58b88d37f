import type { Prisma } from '../../db/generated/client'
import type { Tx } from '../../db/client'
import type { Actor, Anonymous } from '../../contracts/common'

/** Writes the audit row of a change; call it inside the change's transaction. `detail` never holds secrets. */
export async function recordAudit(
  tx: Tx,
  actor: Actor | Anonymous,
  event: { action: string; subjectType: string; subjectId?: string; detail?: Record<string, unknown> },
): Promise<void> {
  await tx.auditEvent.create({
    data: {
      actor: actor as Prisma.InputJsonObject,
      action: event.action,
      subjectType: event.subjectType,
      subjectId: event.subjectId ?? null,
      detail: (event.detail ?? {}) as Prisma.InputJsonObject,
    },
  })
}
