const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
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

/** Bech32 (BIP 173) in lower case, as age writes its keys: prefix, "1", data, six characters of checksum. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const codes = [...prefix.toLowerCase()].map((letter) => letter.charCodeAt(0))
  const data = toFiveBits(bytes)
  const expanded = [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31), ...data, 0, 0, 0, 0, 0, 0]
  const checksum = polymod(expanded) ^ 1
  const tail = [25, 20, 15, 10, 5, 0].map((shift) => (checksum >>> shift) & 31)
  return `${prefix.toLowerCase()}1${[...data, ...tail].map((value) => alphabet.charAt(value)).join('')}`
}
