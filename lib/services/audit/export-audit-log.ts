import { Readable } from 'node:stream'
import type { z } from 'zod'
import type { auditExportQuerySchema } from '@/lib/contracts/audit'
import type { AuditEventModel } from '@/lib/db/generated/models/AuditEvent'
import type { Download } from '../backup/open-download'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { auditWhere } from './audit-where'
import { readAuditPages } from './read-audit-pages'
import { recordAudit } from './record-audit'

/**
 * The log as a file, oldest first. JSON lines hold everything that the chain covers, byte-true, so that the file can be
 * checked without this instance; CSV is for reading. The export itself is recorded.
 */
export async function exportAuditLog({
  ctx,
  input,
  signal,
}: {
  ctx: ServiceContext
  input: z.infer<typeof auditExportQuerySchema>
  signal?: AbortSignal
}): Promise<Download> {
  permit(ctx.actor, 'admin')
  const { format, ...filter } = input
  const now = ctx.clock.now()
  await recordAudit(ctx.db, ctx.actor, { action: 'audit.export', subjectType: 'audit', detail: { format, ...filter } })
  const csv = format === 'csv'
  async function* text(): AsyncGenerator<string, void, void> {
    if (csv) yield `${csvHead.join(',')}\r\n`
    for await (const rows of readAuditPages(ctx.db, auditWhere(filter), signal)) {
      yield rows.map(csv ? csvLine : jsonLine).join('')
    }
  }
  return {
    fileName: `holdfast-audit-${now.toISOString().slice(0, 10)}.${format}`,
    contentType: csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
    sizeBytes: null,
    stream: Readable.from(text()),
  }
}

/** One event as a line of JSON. */
export function jsonLine(row: AuditEventModel): string {
  return `${JSON.stringify({ ...row, id: row.id.toString(), at: row.at.toISOString() })}\n`
}

const csvHead = ['id', 'at', 'actor', 'who', 'action', 'subjectType', 'subjectId', 'detail', 'hash']

function csvLine(row: AuditEventModel): string {
  const actor: Record<string, unknown> =
    typeof row.actor === 'object' && row.actor !== null && !Array.isArray(row.actor) ? row.actor : {}
  const who = actor['email'] ?? actor['name'] ?? actor['user'] ?? actor['address'] ?? actor['id'] ?? ''
  const { id, at, action, subjectType, subjectId, detail, hash } = row
  const cells = [id, at.toISOString(), actor['type'], who, action, subjectType, subjectId, JSON.stringify(detail), hash]
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** Quoted; and never a formula, which a spreadsheet would run: names in the log are chosen by anyone who tries to sign in. */
function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
