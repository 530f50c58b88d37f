import { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'

/**
 * Creates an object. What lies there already is it when it has the same bytes, or with `staysAsItIs`, and is replaced otherwise; `before` is
 * called right before it is removed. Throws `delete-refused` where the store keeps it.
 */
export async function putOrReplace(
  storage: Storage,
  {
    key,
    bytes,
    staysAsItIs = false,
    before,
  }: {
    key: string
    bytes: Buffer
    staysAsItIs?: boolean | undefined
    before(): Promise<void>
  },
  run: RunContext,
): Promise<void> {
  const put = () => storage.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
  try {
    await put()
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'object-exists') throw error
    if (staysAsItIs || (await holds(storage, key, bytes, run))) return
    await before()
    const [outcome] = await storage.delete([key], run)
    if (outcome?.result !== 'deleted' && outcome?.result !== 'absent') {
      throw new HoldfastError(
        'delete-refused',
        `The store keeps ${key}, which has other bytes: ${outcome?.message ?? ''}.`,
        { cause: error },
      )
    }
    await put()
  }
}

async function holds(storage: Storage, key: string, bytes: Buffer, run: RunContext): Promise<boolean> {
  const info = await storage.head(key, run)
  if (info?.sizeBytes !== bytes.length) return false
  const chunks: Buffer[] = []
  for await (const chunk of await storage.get(key, null, run)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).equals(bytes)
}
