import { createHash, type Hash } from 'node:crypto'

const block = 512
const zeros = Buffer.alloc(64 * 1024)

/**
 * Hashes the content of one tar entry as the file has it. A sparse file is stored without its holes, behind a map of what is there
 * (GNU tar's manual, "Storing Sparse Files", version 1.0): decimal numbers, each with a line end, the count of pieces first and then
 * offset and size of each, filled up to whole blocks.
 */
export class ContentHash {
  private readonly hash: Hash = createHash('sha256')
  private map: { offset: number; size: number }[] | null
  private head = Buffer.alloc(0)
  private position = 0

  /** `realSize`: of a sparse file; null for one that is stored as it is. */
  constructor(private readonly realSize: number | null) {
    this.map = realSize === null ? [] : null
  }

  update(chunk: Buffer): void {
    if (this.realSize === null) {
      this.hash.update(chunk)
      return
    }
    if (this.map) return this.place(chunk)
    this.head = Buffer.concat([this.head, chunk])
    const read = readMap(this.head)
    if (!read) return
    this.map = read.pieces
    this.place(this.head.subarray(read.end))
  }

  digest(): string {
    if (this.realSize !== null) this.fill(this.realSize)
    return this.hash.digest('hex')
  }

  private place(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0 && this.map?.[0]) {
      const piece = this.map[0]
      this.fill(piece.offset)
      const taken = rest.subarray(0, piece.size)
      this.hash.update(taken)
      this.position += taken.length
      rest = rest.subarray(taken.length)
      if (taken.length === piece.size) this.map.shift()
      else this.map[0] = { offset: piece.offset + taken.length, size: piece.size - taken.length }
    }
  }

  private fill(upTo: number): void {
    for (let left = upTo - this.position; left > 0; left -= zeros.length) this.hash.update(zeros.subarray(0, left))
    this.position = Math.max(this.position, upTo)
  }
}

/** Null while it is not all there. */
function readMap(head: Buffer): { pieces: { offset: number; size: number }[]; end: number } | null {
  const numbers: number[] = []
  let at = 0
  for (;;) {
    const count = numbers[0]
    if (count !== undefined && numbers.length === 1 + 2 * count) break
    const next = head.indexOf('\n', at)
    if (next < 0) return null
    const number = Number(head.toString('latin1', at, next))
    if (!Number.isSafeInteger(number) || number < 0)
      throw new SyntaxError('the map of a sparse file is not made of numbers')
    numbers.push(number)
    at = next + 1
  }
  const end = Math.ceil(at / block) * block
  if (head.length < end) return null
  const pieces = Array.from({ length: numbers[0] ?? 0 }, (_, index) => ({
    offset: numbers[1 + 2 * index] ?? 0,
    size: numbers[2 + 2 * index] ?? 0,
  }))
  return { pieces: pieces.filter(({ size }) => size > 0), end }
}
