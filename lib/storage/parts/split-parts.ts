import type { PartPlan } from './plan-parts'

export interface Part {
  /** From 1. */
  number: number
  bytes: Buffer
  /** True when nothing follows. */
  last: boolean
  /** Gives the memory back; `bytes` must not be used afterwards. */
  release(): void
}

/**
 * Cuts a stream into parts, each in one buffer, because a part that failed is sent again from memory. Buffers are used
 * again: memory outside the heap is freed late, and a fresh 8 MiB for each part would let it pile up.
 */
export async function* splitParts(chunks: AsyncIterable<Buffer>, plan: PartPlan): AsyncGenerator<Part> {
  const free: Buffer[] = []
  const take = (size: number) => {
    const index = free.findIndex((buffer) => buffer.length === size)
    // Buffers of another size belong to a stage of growth that is over.
    return index >= 0 ? (free.splice(index, 1)[0] ?? Buffer.allocUnsafeSlow(size)) : Buffer.allocUnsafeSlow(size)
  }
  const cut = (number: number, buffer: Buffer, length: number, last: boolean): Part => ({
    number,
    bytes: buffer.subarray(0, length),
    last,
    release: () => {
      if (buffer.length === plan.sizeBytes(number + plan.inFlight(buffer.length))) free.push(buffer)
    },
  })

  let number = 1
  let buffer = take(plan.sizeBytes(number))
  let length = 0
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length;) {
      // A full part goes out only when a byte follows, so that the last part is known as the last.
      if (length === buffer.length) {
        yield cut(number, buffer, length, false)
        number += 1
        buffer = take(plan.sizeBytes(number))
        length = 0
      }
      const copied = chunk.copy(buffer, length, offset)
      offset += copied
      length += copied
    }
  }
  yield cut(number, buffer, length, true)
}
