import { existsSync } from 'node:fs'
import path from 'node:path'
import { readPlace } from '@/lib/contracts/destinations/index'
import { judgeSource, type SignatureFinding } from '@/lib/core/signature/judge-source'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readRepository, type FoundSource } from '@/lib/services/signature/read-repository'
import { openStorage } from '@/lib/storage/index'
import { rawPublicKey } from '@/lib/vault/raw-public-key'
import { silentLogger } from './silent-logger'
import { readText } from './read-text'
import { time } from './print'
import { usageError, type Answer, type Options } from './verb'

interface Judged {
  sourceId: string
  backups: number
  newest: { sequence: number; sha256: string } | null
  list: { number: number; destinationId: string; writtenAt: string } | null
  findings: SignatureFinding[]
}

/**
 * `verify-manifests PLACE --key KEY`: what the store alone says of forged, removed or replaced backups. Needs no catalog.
 * S3 credentials are those of the AWS SDK (AWS_ACCESS_KEY_ID ...); the right to list and read is enough.
 */
export async function verifyManifests(place: string, options: Options): Promise<Answer> {
  if (!options.key) throw usageError('Give the public signing key with --key: it is in the recovery kit.')
  const key = rawPublicKey(existsSync(options.key) ? await readText(options.key) : options.key)
  const storage = openPlace(place, options)
  const run: RunContext = {
    signal: new AbortController().signal,
    logger: silentLogger,
    clock: { now: () => new Date() },
    progress: () => undefined,
  }
  try {
    const sources = (await readRepository(storage, [key], run)).map(judge)
    const ok = sources.length > 0 && sources.every(({ findings }) => !findings.some(({ bad }) => bad))
    return { json: { ok, sources }, text: describe(sources, ok), ok }
  } finally {
    await storage.close()
  }
}

function openPlace(place: string, options: Options): Storage {
  const found = readPlace(/^[a-z0-9]+:\/\//.test(place) ? place : path.resolve(place), options)
  if (!found) throw usageError('PLACE is a folder or s3://BUCKET/PREFIX, and --endpoint a URL.')
  return openStorage({ id: place, name: place, secrets: {}, kind: found.kind, config: { ...found.config } })
}

function judge({ sourceId, backups, list, wrongLists }: FoundSource): Judged {
  const forged = wrongLists.map(({ key, reason }): SignatureFinding => ({
    kind: 'forged',
    bad: true,
    message: `The signature of ${key} does not hold. ${reason}`,
  }))
  const numbered = backups.flatMap(({ signature }) => (typeof signature === 'object' && signature ? [signature] : []))
  const [newest] = numbered.sort((a, b) => b.sequence - a.sequence)
  return {
    sourceId,
    backups: backups.length,
    newest: newest ? { sequence: newest.sequence, sha256: newest.sha256 } : null,
    list: list && { number: list.number, destinationId: list.destinationId, writtenAt: list.writtenAt },
    findings: [...forged, ...judgeSource(backups, list)],
  }
}

function describe(sources: Judged[], ok: boolean): string {
  if (sources.length === 0) return 'There are no backups of Holdfast here.'
  const lines = sources.flatMap(({ sourceId, backups, newest, list, findings }) => [
    `Source ${sourceId}: ${backups} ${backups === 1 ? 'backup' : 'backups'}, the newest has number ${newest?.sequence ?? '-'}`,
    ...(list ? [`  signed list ${list.number} of ${time(list.writtenAt)}, destination ${list.destinationId}`] : []),
    ...findings.map(({ bad, message }) => `  ${bad ? 'WRONG' : 'note '} ${message}`),
  ])
  return [
    ...lines,
    '',
    ok
      ? 'Nothing was forged, changed or taken out of the middle. Whether all of it was set back to an earlier state, only who knows the newest number can tell: compare it with the newest evidence.'
      : 'This is not what Holdfast wrote. Do not rely on what is marked WRONG.',
  ].join('\n')
}
