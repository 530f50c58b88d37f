import { z } from 'zod'
import { actorSchema, anonymousSchema } from '../../contracts/common'
import type { AuditEvent } from '../../contracts/audit'
import type { AuditEventModel } from '../generated/models/AuditEvent'
import { jsonObject } from './json-object'

const whoSchema = z.union([actorSchema, anonymousSchema])

/** A row of the audit log as the API shows it. */
export function toAuditEvent(row: AuditEventModel): AuditEvent {
  return {
    id: row.id.toString(),
    at: row.at.toISOString(),
    actor: whoSchema.parse(row.actor),
    action: row.action,
    subjectType: row.subjectType,
    subjectId: row.subjectId,
    detail: jsonObject(row.detail),
    hash: row.hash,
  }
}
