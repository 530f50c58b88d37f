import type { AuditHead } from '@/lib/contracts/audit'
import type { Check, CheckVerdict } from '@/lib/contracts/backup'
import type { Failure } from '@/lib/contracts/common'
import { evidenceDocumentSchema } from '@/lib/contracts/evidence'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { Vault } from '@/lib/ports/vault'
import packageJson from '../../../package.json' with { type: 'json' }

export interface EvidenceInput {
  instanceId: string
  restoreTestId: string
  level: string
  verdict: CheckVerdict
  backup: BackupModel & { source: SourceModel }
  checks: Check[]
  facts: Record<string, unknown>
  failure: Failure | null
  startedAt: Date
  finishedAt: Date
  auditHead?: AuditHead
}

/** The evidence document of a finished restore test as its signed, canonical text. */
export async function buildEvidence(input: EvidenceInput, vault: Vault): Promise<string> {
  const { backup, facts, failure } = input
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const document = evidenceDocumentSchema.parse(
    wellFormed({
      format: 'holdfast-evidence',
      version: 1,
      instanceId: input.instanceId,
      restoreTestId: input.restoreTestId,
      level: input.level,
      verdict: input.verdict,
      source: {
        id: backup.sourceId,
        name: backup.source.name,
        engine: backup.source.engine,
        database: databaseOf(backup.source.connection),
      },
      backup: {
        id: backup.id,
        kind: backup.kind,
        startedAt: backup.startedAt.toISOString(),
        finishedAt: backup.finishedAt?.toISOString() ?? null,
        sourceBytes: Number(backup.sourceBytes),
        storedBytes: Number(backup.storedBytes),
        manifestSha256: backup.manifestSha256,
        sequence: backup.sequence,
      },
      checks: input.checks,
      facts,
      failure,
      versions: {
        holdfast: packageJson.version,
        server: text(facts['serverVersion']),
        dumpTool: text(facts['toolVersion']),
      },
      startedAt: input.startedAt.toISOString(),
      finishedAt: input.finishedAt.toISOString(),
      durationMs: input.finishedAt.getTime() - input.startedAt.getTime(),
      auditHead: input.auditHead,
      signing: { algorithm: 'Ed25519', canonicalization: 'RFC 8785', publicKey: vault.evidencePublicKey },
    }),
  )
  const signature = await vault.signEvidence(Buffer.from(canonicalJson(document)))
  return canonicalJson({ document, signature })
}

/** Server messages may hold half a character where they were cut; a signed text may not. */
function wellFormed(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part)),
  )
}

function databaseOf(connection: unknown): string | undefined {
  if (typeof connection !== 'object' || connection === null || !('database' in connection)) return undefined
  return typeof connection.database === 'string' ? connection.database : undefined
}
