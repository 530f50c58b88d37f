import type { ManifestPart } from '@/lib/core/repository/manifest'
import { checkStored } from '@/lib/pipeline/check-stored'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
import type { OpenCopy } from './open-copy'

/** Reads the stored bytes of parts side by side against the manifest. Rejects with the first damage. */
export async function checkParts(copy: OpenCopy, parts: readonly ManifestPart[], run: RunContext): Promise<void> {
  const totalBytes = parts.reduce((sum, part) => sum + part.storedBytes, 0)
  const done = new Map<string, number>()
  await sideBySide(parts.length, parts, run, (part, scope) => {
    const onBytes = (bytes: number) => {
      done.set(part.file, bytes)
      const doneBytes = [...done.values()].reduce((sum, value) => sum + value, 0)
      run.progress({ phase: 'checking the stored bytes', doneBytes, totalBytes })
    }
    return checkStored({ storage: copy.storage, key: copy.keyOf(part), part, onBytes }, scope)
  })
}
