/** Longest name that is written, in bytes: a file name of a store on disk has 255, and shares them with what is added to it. */
export const mostNameBytes = 128

const plain = /^[A-Za-z0-9_.-]$/
const written = /^(?:[A-Za-z0-9_.-]|=[0-9A-F]{2})+$/
/** A dot that would make a name hidden, vanish at the end on some file systems, or read as the suffix of a compressor or cipher. */
const badDot = /^\.|\.$|\.(?=(?:zst|gz|lz4|bz2|xz|age|gpg)$)/g

/**
 * Any text of an engine as a name that every store, shell and URL takes as it is: letters, digits, `_`, `-` and `.` stay, the
 * bytes of everything else become `=XX`. `=` is used rather than `%`, which proxies and gateways decode on the way.
 * Throws `RangeError` for texts that are empty, not well-formed, or longer than `mostNameBytes` when written.
 */
export function safeName(text: string): string {
  if (text === '' || !text.isWellFormed()) throw new RangeError('A name in a repository is a text that is not empty.')
  const name = [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return plain.test(character) ? character : hex(byte)
    })
    .join('')
    .replaceAll(badDot, hex('.'.charCodeAt(0)))
  if (name.length > mostNameBytes) {
    throw new RangeError(
      `A name in a repository has at most ${mostNameBytes} bytes: "${name.slice(0, 40)}..." is longer.`,
    )
  }
  return name
}

/** The text that was written as this name; null for a name that `safeName` never writes. */
export function textOf(name: string): string | null {
  if (!written.test(name)) return null
  const bytes = [...name.matchAll(/=([0-9A-F]{2})|(.)/g)].map(([, code, character]) =>
    code === undefined ? (character ?? '').charCodeAt(0) : Number.parseInt(code, 16),
  )
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
    return safeName(text) === name ? text : null
  } catch {
    return null
  }
}

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
