import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeText, encodingIn } from '@/lib/engines/postgres/connect/decode-text'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'

/** Encodings of one byte a character; LATIN1 is its bytes. */
const oneByte = [
  ...['LATIN1', 'LATIN2', 'LATIN3', 'LATIN4', 'LATIN5', 'LATIN6', 'LATIN7', 'LATIN8', 'LATIN9', 'LATIN10'],
  ...['ISO_8859_5', 'ISO_8859_6', 'ISO_8859_7', 'ISO_8859_8', 'KOI8R', 'KOI8U', 'WIN866', 'WIN874'],
  ...['WIN1250', 'WIN1251', 'WIN1252', 'WIN1253', 'WIN1254', 'WIN1255', 'WIN1256', 'WIN1257', 'WIN1258'],
]
/** Of two bytes, each with its high bit. */
const twoBytes = ['EUC_JP', 'EUC_CN', 'EUC_KR']

describe('names in the encodings of a server', () => {
  let pg: TestPostgres

  beforeAll(async () => {
    pg = await startPostgres()
    await pg.sql(`CREATE FUNCTION reads(bytes bytea, encoding text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN convert_from(bytes, encoding); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$`)
  })
  afterAll(() => pg?.close())

  /** What the server reads, by the bytes in hex; bytes that are nothing to it are left out. */
  async function read(encoding: string, bytes: string): Promise<[hex: string, text: string][]> {
    const rows = await pg.sql(
      `SELECT encode(b, 'hex') AS hex, text FROM (${bytes}) AS all_bytes (b), LATERAL (SELECT reads(b, '${encoding}')) AS r (text)
        WHERE text IS NOT NULL ORDER BY 1`,
    )
    return rows.map(({ hex, text }) => [String(hex), String(text)])
  }

  it.each(oneByte)('every character of %s is read as the server reads it', async (encoding) => {
    const known = await read(encoding, `SELECT set_byte('\\x00', 0, n) FROM generate_series(128, 255) n`)
    expect(known.length).toBeGreaterThan(50)
    const decode = decodeText(encoding)
    expect(known.map(([hex]) => [hex, decode(Buffer.from(hex, 'hex'))])).toEqual(known)
  })

  it.each(twoBytes)('every character of two bytes of %s is read as the server reads it', async (encoding) => {
    const known = await read(
      encoding,
      `SELECT set_byte(set_byte('\\x0000', 0, a), 1, b) FROM generate_series(161, 254) a, generate_series(161, 254) b`,
    )
    expect(known.length).toBeGreaterThan(5_000)
    const decode = decodeText(encoding)
    expect(known.map(([hex]) => [hex, decode(Buffer.from(hex, 'hex'))])).toEqual(known)
  })

  it('what cannot be read stays one name and no other', () => {
    for (const encoding of ['UTF8', 'SQL_ASCII', 'EUC_JP', 'MULE_INTERNAL', 'nonsense']) {
      const decode = decodeText(encoding)
      const names = [Buffer.from([0x61, 0xff]), Buffer.from([0x61, 0xfe]), Buffer.from('a')]
      expect(new Set(names.map(decode)).size).toBe(names.length)
      expect(decode(Buffer.from('plain'))).toBe('plain')
    }
  })

  it('the encoding of an archive or a script is the one that it sets', () => {
    expect(encodingIn("--\n-- PostgreSQL database cluster dump\n--\n\nSET client_encoding = 'EUC_JP';\n")).toBe(
      'EUC_JP',
    )
    expect(encodingIn('SET lock_timeout = 0;')).toBe('UTF8')
  })
})
