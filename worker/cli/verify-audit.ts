import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { AuditFault, AuditHead } from '@/lib/contracts/audit'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { ChainChecker, type ChainedEvent } from '@/lib/services/audit/chain-checker'
import { Redactions } from '@/lib/services/audit/redactions'
import { rawPublicKey } from '@/lib/vault/raw-public-key'
import { verifyEvidence } from '@/lib/vault/verify-evidence'
import type { Answer, Options } from './verb'

const lineSchema = z.object({
  id: z.string().regex(/^\d{1,18}$/),
  at: z.iso.datetime(),
  actor: z.record(z.string(), z.unknown()),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string().nullable(),
})

/**
 * `verify-audit FILE [--evidence FILE] [--key KEY]`: whether an exported log (JSON lines, without filters but times) is
 * whole, from its first event on. Evidence of a restore test from that time shows that it is also the right one.
 */
export async function verifyAuditFile(file: string, options: Options): Promise<Answer> {
  const anchor = options.evidence === undefined ? null : await anchorOf(options.evidence, options.key)
  const checker = new ChainChecker(null, await redactionsOf(file, options.key))
  let first: string | null = null
  let fault: AuditFault | null = null
  let agrees: boolean | null = null
  for await (const event of events(file)) {
    if (event.hash === null && first === null) continue
    first ??= event.id.toString()
    fault = checker.take(event)
    if (fault) break
    if (anchor && checker.last?.id === BigInt(anchor.lastId)) agrees = checker.last.hash === anchor.hash
  }
  const last = checker.last?.id.toString() ?? null
  const json = {
    ok: fault === null && agrees !== false,
    verified: checker.verified,
    redacted: checker.redacted,
    first,
    last,
    fault,
    agrees,
  }
  const told = fault
    ? `BROKEN: ${fault.message}`
    : `Events ${first ?? '-'} to ${last ?? '-'} are whole: ${checker.verified} events, each following from the one before.`
  const evidence =
    agrees === true
      ? ['The signed evidence remembers the same log.']
      : agrees === false
        ? ['BROKEN: the signed evidence remembers another log: this one was written anew.']
        : anchor
          ? [`The evidence remembers event ${anchor.lastId}, which is not in what was read.`]
          : ['Who wrote it is not shown: compare it with signed evidence of its time (--evidence).']
  const redacted = checker.redacted > 0 ? [redactedWords(checker.redacted, options.key)] : []
  return { json, text: [told, ...redacted, ...evidence].join('\n'), ok: json.ok }
}

function redactedWords(count: number, key: string | undefined): string {
  const who =
    key === undefined ? '; who did it is not shown without the public key (--key)' : ', signed with the key given'
  return `${count} of them ${count === 1 ? 'was' : 'were'} redacted afterwards, as the log itself records${who}.`
}

/** Redactions stand behind what they are about, so the file is read for them first. */
async function redactionsOf(file: string, key: string | undefined): Promise<Redactions> {
  const redactions = new Redactions(key === undefined ? null : new Set([rawPublicKey(await keyText(key))]))
  for await (const event of events(file)) redactions.add(event)
  return redactions
}

const keyText = async (key: string): Promise<string> => (existsSync(key) ? readFile(key, 'utf8') : key)

async function* events(file: string): AsyncGenerator<ChainedEvent, void, void> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })
  let number = 0
  try {
    for await (const line of lines) {
      number += 1
      if (line.trim() === '') continue
      const { id, at, ...rest } = lineSchema.parse(JSON.parse(line))
      yield { ...rest, id: BigInt(id), at: new Date(at) }
    }
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      throw new HoldfastError('file-unreadable', `Line ${number} of ${file} is not an event of the audit log.`, {
        remedy: 'Export it again as JSON lines.',
      })
    }
    throw new HoldfastError('file-unreadable', `${file} cannot be read: ${messageOf(error)}`)
  }
}

async function anchorOf(file: string, key: string | undefined): Promise<AuditHead> {
  const trusted = key === undefined ? undefined : await keyText(key)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new HoldfastError('file-unreadable', `${file} cannot be read: ${messageOf(error)}`)
  })
  const { auditHead } = verifyEvidence(text, trusted)
  if (auditHead) return auditHead
  throw new HoldfastError('evidence-refused', 'This evidence does not say where the audit log was.', {
    remedy: 'Take evidence of a later restore test.',
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
