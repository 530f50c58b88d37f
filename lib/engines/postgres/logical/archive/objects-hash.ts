import { createHash, type Hash } from 'node:crypto'

const size = 32

/**
 * One hash for all large objects of an archive in any order: pg_dump lists them as they lie in the catalog. The numbers
 * of the objects are hashed with their bytes and differ, so that no two can cancel each other out.
 */
export class ObjectsHash {
  readonly #sum = Buffer.alloc(size)
  #object: Hash | null = null

  begin(objectId: number): void {
    this.#object = createHash('sha256').update(`${objectId}\0`)
  }

  update(chunk: Buffer): void {
    this.#object?.update(chunk)
  }

  end(): void {
    const digest = this.#object?.digest()
    this.#object = null
    if (digest) for (let at = 0; at < size; at += 1) this.#sum[at] = (this.#sum[at] ?? 0) ^ (digest[at] ?? 0)
  }

  digest(): string {
    return this.#sum.toString('hex')
  }
}
