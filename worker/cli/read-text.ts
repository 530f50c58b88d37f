import { readFile } from 'node:fs/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** Evidence of the largest databases is far below this. */
const mostBytes = 64 * 1024 * 1024

/** A small text file, exactly as it is; throws `file-unreadable`. */
export async function readText(file: string): Promise<string> {
  try {
    const content = await readFile(file)
    if (content.length > mostBytes) throw new RangeError('it is too large')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch (error) {
    // Without its cause, which would look like a catalog that cannot be reached.
    const reason = error instanceof Error ? error.message : String(error)
    throw new HoldfastError('file-unreadable', `${file} cannot be read: ${reason}`)
  }
}
