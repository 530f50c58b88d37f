import { HoldfastError } from '@/lib/core/holdfast-error'
import { openPart } from '@/lib/pipeline/open-part'
import type { OpenPart } from '@/lib/ports/engine'
import type { OpenCopy } from './open-copy'

/** Opens a copy's parts by role, as engines ask for them. */
export function partOpener(copy: OpenCopy): OpenPart {
  return async (role, run) => {
    const part = copy.manifest.parts.find((candidate) => candidate.role === role)
    if (!part) throw new HoldfastError('object-damaged', `The manifest of this backup lists no ${role}.`)
    return openPart({ storage: copy.storage, key: copy.keyOf(part), part, identity: copy.identity }, run)
  }
}
