import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Storage } from '@/lib/ports/storage'

/**
 * A store in memory for tests of what stands before a store; `objects` may be damaged by the test. `onRead` hears the bytes of each
 * request.
 */
export function makeMemoryStorage(onRead?: (bytes: number) => void): Storage & { objects: Map<string, Buffer> } {
  const objects = new Map<string, Buffer>()
  return {
    kind: 'memory',
    features: { conditionalCreate: true, reportsChecksum: true },
    objects,
    async put(key, body) {
      const bytes = await buffer(body)
      objects.set(key, bytes)
      return { key, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    },
    async get(key, range) {
      const whole = objects.get(key)
      if (!whole) throw new HoldfastError('object-not-found', `There is no object ${key}`)
      if (range && range.end >= whole.length)
        throw new HoldfastError('object-damaged', `${key} ends before ${range.end}`)
      const bytes = range ? whole.subarray(range.start, range.end + 1) : whole
      onRead?.(bytes.length)
      const pieces: Buffer[] = []
      for (let from = 0; from < bytes.length; from += 60_000) pieces.push(bytes.subarray(from, from + 60_000))
      return Readable.from(pieces, { objectMode: false })
    },
    async head(key) {
      const bytes = objects.get(key)
      return bytes ? { key, sizeBytes: bytes.length, lastModified: null, version: null } : null
    },
    async *list(prefix) {
      for (const [key, bytes] of [...objects].sort()) {
        if (key.startsWith(prefix)) yield { key, sizeBytes: bytes.length, lastModified: null, version: null }
      }
    },
    async delete(keys) {
      return keys.map((key) => ({ key, result: objects.delete(key) ? 'deleted' : 'absent' }))
    },
    async abortUploads() {
      return []
    },
    async probe() {
      throw new Error('a store in memory has nothing to probe')
    },
    async close() {},
  }
}
