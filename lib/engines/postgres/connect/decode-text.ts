import { byBytes } from './unread-bytes'

/**
 * Server encodings as PostgreSQL calls them, and what reads them here. LATIN1 is its bytes. Those that are missing
 * (EUC_TW, JOHAB, MULE_INTERNAL, EUC_JIS_2004) no runtime knows; SQL_ASCII says nothing about what is in it.
 */
const labels: Record<string, string> = {
  UTF8: 'utf-8',
  EUC_CN: 'gb2312',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'iso-8859-9',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1255: 'windows-1255',
  WIN1256: 'windows-1256',
  WIN1257: 'windows-1257',
  WIN1258: 'windows-1258',
}

/** Characters, by their bytes in hex, that the server reads in another way; `encodings.test.ts` asks it for all of them. */
const others: Record<string, Record<string, string>> = {
  EUC_CN: { a1a4: '\u30fb', a1aa: '\u2015' },
  EUC_KR: { a2e6: '\u20ac', a2e7: '\u00ae', a2e8: '\u327e' },
  KOI8U: { ae: '\u255d', be: '\u256c' },
  LATIN5: Object.fromEntries(
    Array.from({ length: 32 }, (_, index) => [(index + 128).toString(16), String.fromCodePoint(index + 128)]),
  ),
}

export type Decode = (bytes: Buffer) => string

/** Its text is read here as the server reads it. Of any other, a server must be asked in bytes. */
export function isReadable(encoding: string): boolean {
  return encoding === 'LATIN1' || labels[encoding] !== undefined
}

/**
 * Reads text of a server encoding. What cannot be read keeps its bytes (unread-bytes.ts): such a name is not what people
 * see, and still is one name and no other.
 */
export function decodeText(encoding: string): Decode {
  if (encoding === 'LATIN1') return (bytes) => bytes.toString('latin1')
  const label = labels[encoding] ?? (encoding === 'SQL_ASCII' ? 'utf-8' : null)
  if (label === null) return byBytes
  const other = others[encoding]
  let decoder: TextDecoder | null = null
  return (bytes) => {
    if (isAscii(bytes)) return bytes.toString('latin1')
    try {
      // Which there are depends on how Node was built.
      decoder ??= new TextDecoder(label, { fatal: true, ignoreBOM: true })
      return other === undefined ? decoder.decode(bytes) : byCharacter(bytes, encoding, other, decoder)
    } catch {
      return byBytes(bytes)
    }
  }
}

function byCharacter(bytes: Buffer, encoding: string, other: Record<string, string>, decoder: TextDecoder): string {
  const width = encoding.startsWith('EUC_') ? 2 : 1
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const character = bytes.subarray(at, at + ((bytes[at] ?? 0) < 128 ? 1 : width))
    text += other[character.toString('hex')] ?? decoder.decode(character)
    at += character.length
  }
  return text
}

function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 127) return false
  return true
}

/** From `SET client_encoding = 'LATIN1';` as archives and scripts have it; UTF8 when there is none. */
export function encodingIn(sql: string): string {
  return /^SET client_encoding = '([A-Za-z0-9_]+)';/m.exec(sql)?.[1] ?? 'UTF8'
}
