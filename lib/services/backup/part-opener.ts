import { openPart } from '@/lib/pipeline/open-part'
import type { OpenPart } from '@/lib/ports/engine'
import type { OpenCopy } from './open-copy'

/** Opens the parts of a copy for an engine. */
export function partOpener(copy: OpenCopy): OpenPart {
  return (part, run) => openPart({ storage: copy.storage, key: copy.keyOf(part), part, identity: copy.identity }, run)
}
