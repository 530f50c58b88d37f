import { openPart } from '@/lib/pipeline/open-part'
import type { OpenPart } from '@/lib/ports/engine'
import type { OpenCopy } from './open-copy'

/** Opens the parts of a copy for an engine. `storedBytesOnly`: see `OpenPartInput`. */
export function partOpener(copy: OpenCopy, options: { storedBytesOnly?: boolean } = {}): OpenPart {
  return (part, run) =>
    openPart({ storage: copy.storage, key: copy.keyOf(part), part, identity: copy.identity, ...options }, run)
}
