import { openFeed } from '@/lib/pipeline/feed-part'
import { openPart } from '@/lib/pipeline/open-part'
import { openRanges } from '@/lib/pipeline/seekable/open-ranges'
import type { OpenFeed, OpenPart, OpenRanges, ReadableBackup } from '@/lib/ports/backup-method'
import type { OpenCopy } from './open-copy'

/** Opens the parts of a copy for an engine. `storedBytesOnly`: see `OpenPartInput`. */
export function partOpener(copy: OpenCopy, options: { storedBytesOnly?: boolean } = {}): OpenPart {
  return (part, run) =>
    openPart({ storage: copy.storage, key: copy.keyOf(part), part, decrypt: copy.decrypt, ...options }, run)
}

/** The same for a tool that reads by itself; see `ReadableBackup` for which parts. */
export function partFeeder(copy: OpenCopy): OpenFeed {
  return (part, run) => openFeed({ storage: copy.storage, key: copy.keyOf(part), part, decrypt: copy.decrypt }, run)
}

/** A copy for an engine that reads its parts whole. */
export function readableCopy(copy: OpenCopy): ReadableBackup {
  return { manifest: copy.manifest, open: partOpener(copy), feed: partFeeder(copy) }
}

/** Opens parts for reading their middle, without a look at the rest: only where what was read is compared with something else. */
export function partRanges(copy: OpenCopy): OpenRanges {
  return (part, run) =>
    openRanges({ storage: copy.storage, key: copy.keyOf(part), part, openSealed: copy.openSealed }, run)
}
