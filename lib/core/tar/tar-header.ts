/** A tar archive is made of blocks of this size (POSIX.1, `pax`, "ustar Interchange Format"). */
export const blockBytes = 512

const types = { '0': 'file', '\0': 'file', '5': 'folder' } as const

export interface TarHeader {
  /** One character for each byte, whatever encoding the name is in, without `./` before and `/` behind it. */
  name: string
  type: (typeof types)[keyof typeof types]
  /** Bytes of the file. */
  size: number
}

/**
 * Reads the header of a plain ustar archive of files and folders. Null for a block of zeros, which ends an archive. Throws a
 * SyntaxError for what is no such header: a wrong checksum, a link, a device, an extended header.
 */
export function readTarHeader(block: Buffer): TarHeader | null {
  if (isZero(block)) return null
  if (tarNumber(block.subarray(148, 156)) !== checksum(block))
    throw new SyntaxError('a header of the archive is damaged: its checksum is another one')
  if (block.toString('latin1', 257, 263) !== 'ustar\0') throw new SyntaxError('an archive is not in the format ustar')
  const name = nameIn(block)
  const type = Object.entries(types).find(([flag]) => flag === String.fromCharCode(block.readUInt8(156)))?.[1]
  if (type === undefined) throw new SyntaxError(`${JSON.stringify(name)} is neither a file nor a folder`)
  const size = tarNumber(block.subarray(124, 136))
  // Programs differ in what they make of these.
  if (!Number.isSafeInteger(size) || (type === 'folder' && size > 0) || (type === 'file' && isFolderName(block)))
    throw new SyntaxError(`the header of ${JSON.stringify(name)} contradicts itself`)
  return { name, type, size }
}

/** A number of a header: octal text, or in base 256 when that is too short (GNU tar's manual, "Extensions"). */
export function tarNumber(field: Buffer): number {
  if ((field.readUInt8(0) & 0x80) !== 0) return Number(BigInt(`0x${field.subarray(1).toString('hex')}`))
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim()
  if (!/^[0-7]*$/.test(text)) throw new SyntaxError('a header of the archive has no size')
  return text === '' ? 0 : parseInt(text, 8)
}

/** The header's bytes added up, with spaces for the checksum itself. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block.readUInt8(at)
  return sum
}

const isFolderName = (block: Buffer) =>
  block
    .toString('latin1', 0, 100)
    .replace(/\0[^]*$/, '')
    .endsWith('/')

function nameIn(block: Buffer): string {
  const text = (from: number, to: number) => block.toString('latin1', from, to).replace(/\0[^]*$/, '')
  const prefix = text(345, 500)
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
  return name.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}
