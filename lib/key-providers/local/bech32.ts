const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const checksumLength = 6
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function polymod(values: readonly number[]): number {
  let checksum = 1
  for (const value of values) {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ffffff) << 5) ^ value
    generator.forEach((term, bit) => {
      if ((top >>> bit) & 1) checksum ^= term
    })
  }
  return checksum
}

/** Bytes as groups of five bits, the last one filled up with zeros. */
function toFiveBits(bytes: Uint8Array): number[] {
  const groups: number[] = []
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      groups.push((pending >>> bits) & 31)
    }
    pending &= (1 << bits) - 1
  }
  if (bits > 0) groups.push((pending << (5 - bits)) & 31)
  return groups
}

/** Groups of five bits as bytes; null when what is left over is a whole group or not zero. */
function toBytes(groups: readonly number[]): Buffer | null {
  const bytes: number[] = []
  let pending = 0
  let bits = 0
  for (const group of groups) {
    pending = (pending << 5) | group
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push(pending >>> bits)
    }
    pending &= (1 << bits) - 1
  }
  return bits < 5 && pending === 0 ? Buffer.from(bytes) : null
}

function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0))
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)]
}

/** Bech32 (BIP 173) in lower case, as age writes its keys: prefix, "1", data, six characters of checksum. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const data = toFiveBits(bytes)
  const checksum = polymod([...expandPrefix(prefix.toLowerCase()), ...data, 0, 0, 0, 0, 0, 0]) ^ 1
  const tail = [25, 20, 15, 10, 5, 0].map((shift) => (checksum >>> shift) & 31)
  return `${prefix.toLowerCase()}1${[...data, ...tail].map((value) => alphabet.charAt(value)).join('')}`
}

/** Prefix in lower case and bytes of a Bech32 text; null when letters, checksum or filling are wrong. The length is not limited. */
export function decodeBech32(text: string): { prefix: string; bytes: Buffer } | null {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return null
  const end = lower.lastIndexOf('1')
  const prefix = lower.slice(0, end)
  const data = [...lower.slice(end + 1)].map((letter) => alphabet.indexOf(letter))
  if (end < 1 || data.length < checksumLength || data.includes(-1)) return null
  if (polymod([...expandPrefix(prefix), ...data]) !== 1) return null
  const bytes = toBytes(data.slice(0, -checksumLength))
  return bytes && { prefix, bytes }
}
