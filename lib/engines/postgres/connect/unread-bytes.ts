/**
 * Bytes of names that are in no known encoding, as characters of Unicode's last private area: they stay in strings, in
 * statements and in messages what they are, and are nothing else.
 */
const first = 0x10fe00
const unread = /[\u{10fe80}-\u{10feff}]/gu

/** ASCII as it is, and every other byte as a character of its own. */
export function byBytes(bytes: Buffer): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : String.fromCodePoint(first + byte)
  return text
}

export function hasUnreadBytes(text: string): boolean {
  return text.search(unread) >= 0
}

/** The bytes that the text was made of; all else as UTF-8. */
export function toBytes(text: string): Buffer {
  const pieces: Buffer[] = []
  let from = 0
  for (const found of text.matchAll(unread)) {
    pieces.push(Buffer.from(text.slice(from, found.index)), Buffer.of((found[0].codePointAt(0) ?? first) - first))
    from = found.index + found[0].length
  }
  return Buffer.concat([...pieces, Buffer.from(text.slice(from))])
}

/** For people: each byte as the letter that it is in Western Europe, which is what such names mostly are. */
export function legible(text: string): string {
  return text.replace(unread, (character) => String.fromCodePoint((character.codePointAt(0) ?? first) - first))
}
