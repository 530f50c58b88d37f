const newline = 10
const block = 16
const c1 = 0x239b961b
const c2 = 0xab0e9789 | 0
const c3 = 0x38b34ae5
const c4 = 0xa1e38b93 | 0

/**
 * One hash for the rows of a table in any order. A table that was restored may give its rows in another order than the
 * archive has them: a row goes where a page has room for it.
 *
 * The sum over all rows of each row's MurmurHash3 (128 bits), which finds what goes wrong by itself at the speed of
 * reading; that nobody changed the archive on purpose is what its SHA-256 says. Rows of any length are hashed as they
 * come, and nothing is kept of them.
 */
export class RowsHash {
  /** Ended by a newline so far. */
  rows = 0
  #sum1 = 0
  #sum2 = 0
  #sum3 = 0
  #sum4 = 0
  #h1 = 0
  #h2 = 0
  #h3 = 0
  #h4 = 0
  /** Bytes of the row so far; the last of them, up to a whole block, wait in `carry`. */
  #length = 0
  readonly #carry = Buffer.alloc(block)
  #carried = 0

  /** COPY text: every newline byte ends a row. */
  update(chunk: Buffer, from = 0, to = chunk.length): void {
    let at = from
    while (at < to) {
      const found = chunk.indexOf(newline, at)
      if (found < 0 || found >= to) {
        this.#continue(chunk, at, to)
        return
      }
      this.#continue(chunk, at, found)
      this.#endRow()
      at = found + 1
    }
  }

  /** Number of rows and hash in hex. */
  digest(): string {
    if (this.#length > 0) this.#endRow()
    const sums = [this.#sum1, this.#sum2, this.#sum3, this.#sum4]
    return `${this.rows}-${sums.map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('')}`
  }

  #continue(chunk: Buffer, from: number, to: number): void {
    let at = from
    this.#length += to - from
    if (this.#carried > 0) {
      for (; at < to && this.#carried < block; at += 1) {
        this.#carry[this.#carried] = chunk[at] ?? 0
        this.#carried += 1
      }
      if (this.#carried < block) return
      this.#carried = 0
      this.#blocks(this.#carry, 0, block)
    }
    const whole = at + ((to - at) & ~(block - 1))
    if (whole > at) this.#blocks(chunk, at, whole)
    for (at = whole; at < to; at += 1) {
      this.#carry[this.#carried] = chunk[at] ?? 0
      this.#carried += 1
    }
  }

  #blocks(bytes: Buffer, from: number, to: number): void {
    let h1 = this.#h1
    let h2 = this.#h2
    let h3 = this.#h3
    let h4 = this.#h4
    for (let at = from; at < to; at += block) {
      h1 = (rotate(h1 ^ scramble(word(bytes, at), c1, c2, 15), 19) + h2) | 0
      h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0
      h2 = (rotate(h2 ^ scramble(word(bytes, at + 4), c2, c3, 16), 17) + h3) | 0
      h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0
      h3 = (rotate(h3 ^ scramble(word(bytes, at + 8), c3, c4, 17), 15) + h4) | 0
      h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0
      h4 = (rotate(h4 ^ scramble(word(bytes, at + 12), c4, c1, 18), 13) + h1) | 0
      h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0
    }
    this.#h1 = h1
    this.#h2 = h2
    this.#h3 = h3
    this.#h4 = h4
  }

  #endRow(): void {
    let h1 = this.#h1
    let h2 = this.#h2
    let h3 = this.#h3
    let h4 = this.#h4
    const left = this.#carried
    if (left > 0) {
      const tail = this.#carry
      for (let at = left; at < block; at += 1) tail[at] = 0
      h1 ^= scramble(word(tail, 0), c1, c2, 15)
      if (left > 4) h2 ^= scramble(word(tail, 4), c2, c3, 16)
      if (left > 8) h3 ^= scramble(word(tail, 8), c3, c4, 17)
      if (left > 12) h4 ^= scramble(word(tail, 12), c4, c1, 18)
    }
    h1 ^= this.#length
    h2 ^= this.#length
    h3 ^= this.#length
    h4 ^= this.#length
    h1 = (h1 + h2 + h3 + h4) | 0
    h2 = finish((h2 + h1) | 0)
    h3 = finish((h3 + h1) | 0)
    h4 = finish((h4 + h1) | 0)
    h1 = (finish(h1) + h2 + h3 + h4) | 0
    this.#sum1 = (this.#sum1 + h1) | 0
    this.#sum2 = (this.#sum2 + h2 + h1) | 0
    this.#sum3 = (this.#sum3 + h3 + h1) | 0
    this.#sum4 = (this.#sum4 + h4 + h1) | 0
    this.rows += 1
    this.#h1 = this.#h2 = this.#h3 = this.#h4 = 0
    this.#length = this.#carried = 0
  }
}

function word(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function scramble(value: number, first: number, second: number, bits: number): number {
  return Math.imul(rotate(Math.imul(value, first), bits), second)
}

function finish(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
