/** CRC-32C (Castagnoli), reflected: what PostgreSQL puts into each record of its log. Node has CRC-32 alone. */
const polynomial = 0x82f63b78

const table = new Int32Array(256)
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  table[byte] = value
}

/** The state of a sum before its first byte. */
export const crc32cStart = -1

/** The state after the bytes `from` to `to` (exclusive). */
export function crc32cAdd(state: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = state
  for (let index = from; index < to; index += 1) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  }
  return crc
}

/** The sum, as an unsigned number. */
export const crc32cEnd = (state: number): number => ~state >>> 0
