import { availableParallelism } from 'node:os'
import type { CommonOptions } from '@/lib/contracts/engines/common'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { partFile } from '@/lib/core/repository/paths'
import { toolPriority } from '@/lib/core/tool-priority'
import { Pace } from '@/lib/pipeline/pace'
import { storePart } from '@/lib/pipeline/store-part'
import { Throttle } from '@/lib/pipeline/throttle'
import type { BackupPart, BackupSession } from '@/lib/ports/backup-method'
import type { Cipher } from '@/lib/ports/cipher'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
import type { BackupInput } from './backup-input'
import { assertAlive, dropDestination } from './destination-run'
import { detachSlow } from './detach-slow'
import { PartProgress } from './part-progress'
import { Release } from './release'

/** Of a compressor that has the machine to itself. */
const mostThreads = 4

/** What a backup's parts are encrypted with. */
export interface Sealing {
  cipher: Cipher
  recipient: string
}

/** All parts side by side: their producers wait for each other's snapshot anyway. The first that fails stops the others. */
export async function storeParts(
  input: BackupInput,
  session: BackupSession,
  sealing: Sealing | null,
): Promise<ManifestPart[]> {
  const { run } = input.args
  const { rateLimitBytesPerSecond } = input.spec.options
  const release = new Release(session)
  const shared: SharedByParts = {
    progress: new PartProgress(session.parts, (progress) => run.progress(progress)),
    pace: new Pace(run.clock),
    throttle: rateLimitBytesPerSecond ? new Throttle(rateLimitBytesPerSecond) : undefined,
    atOnce: session.parts.filter((part) => part.data).length,
    onRead: () => release.partIsRead(),
  }
  const slow = detachSlow({ ...input, ...shared })
  try {
    const parts = await sideBySide(session.parts.length, session.parts, run, (part, scope) =>
      storeOne(input, part, sealing, shared, scope),
    )
    await release.done
    return parts
  } finally {
    await slow.stop()
  }
}

interface SharedByParts {
  progress: PartProgress
  pace: Pace
  throttle: Throttle | undefined
  atOnce: number
  onRead: () => void
}

/**
 * Of a part that comes alone one compressor sets the pace of all: it may use more cores, and a level less. On a data directory of 2.8 GB
 * level 1 of zstd took 22 % less CPU than 2 and made 8 % more bytes.
 */
function effortFor({ inTurn }: BackupPart, { compressionLevel, compressionThreads }: CommonOptions) {
  if (!inTurn) return { compressionLevel, compressionThreads }
  const threads = Math.max(compressionThreads, Math.min(availableParallelism(), mostThreads))
  return { compressionLevel: Math.max(1, compressionLevel - 1), compressionThreads: threads }
}

async function storeOne(
  input: BackupInput,
  part: BackupPart,
  sealing: Sealing | null,
  { progress, pace, throttle, atOnce, onRead }: SharedByParts,
  run: RunContext,
): Promise<ManifestPart> {
  const { compression } = input.spec.options
  const file = partFile(part.base, compression, sealing?.cipher.format ?? 'none')
  const alive = input.destinations.filter((destination) => destination.isLive)
  const stored = await storePart(
    {
      produce: (inner) => part.open(inner),
      compression,
      ...effortFor(part, input.spec.options),
      seekable: part.seekable,
      hashesSource: part.comparedByContent !== true,
      encrypt: sealing && (() => sealing.cipher.encrypt([sealing.recipient])),
      priority: toolPriority(input.spec.options),
      throttle,
      expectedBytes: part.expectedBytes,
      onProgress: (own) => progress.update(part.base, own),
      pace: pace.open(),
      onRead,
      sinks: alive.map((destination) => ({
        id: destination.id,
        leave: destination.leave,
        consume: (body, sha256) => {
          const options = { sizeHintBytes: part.expectedBytes, atOnce, sha256 }
          return destination.put(input.backup.folder + file, body, options, run)
        },
      })),
    },
    run,
  )
  for (const destination of alive) {
    const outcome = stored.outcomes.get(destination.id)
    if (!outcome || !outcome.ok) dropDestination(run, destination, outcome?.error)
  }
  assertAlive(input.destinations)
  progress.done(part.base, stored.sourceBytes)
  run.logger.info(`stored ${file}`, {
    sourceBytes: stored.sourceBytes,
    storedBytes: stored.storedBytes,
    sha256: stored.storedSha256,
  })
  return {
    role: part.role,
    file,
    sourceBytes: stored.sourceBytes,
    sourceSha256: stored.sourceSha256,
    storedBytes: stored.storedBytes,
    storedSha256: stored.storedSha256,
    compression,
    encrypted: sealing !== null,
    facts: part.facts ?? {},
  }
}
