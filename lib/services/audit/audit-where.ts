import type { AuditFilter } from '@/lib/contracts/audit'
import type { Prisma } from '@/lib/db/generated/client'

/** The rows that a filter asks for. `backup.` is every action that begins so; `to` is not included. */
export function auditWhere(filter: AuditFilter): Prisma.AuditEventWhereInput {
  const { action, actorType, actor, subjectType, subjectId, from, to } = filter
  const and: Prisma.AuditEventWhereInput[] = []
  if (action) and.push({ action: action.endsWith('.') ? { startsWith: action } : action })
  if (actorType) and.push({ actor: { path: ['type'], equals: actorType } })
  if (actor) {
    // A user is known by e-mail, a token by name, someone at the command line by user; all of them may be given by id.
    const names = ['email', 'name', 'user', 'id', 'address']
    and.push({ OR: names.map((name) => ({ actor: { path: [name], equals: actor } })) })
  }
  if (from || to) and.push({ at: { gte: from, lt: to } })
  return { subjectType, subjectId, AND: and }
}
