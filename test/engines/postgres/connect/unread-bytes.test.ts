import { describe, expect, it } from 'vitest'
import { byBytes, hasUnreadBytes, legible, toBytes } from '@/lib/engines/postgres/connect/unread-bytes'

describe('bytes of no known encoding', () => {
  it('every byte comes back as it was, beside text of any kind', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    expect(toBytes(byBytes(all))).toEqual(all)
    const mixed = `SELECT "日本${byBytes(Buffer.of(0xe9))}🦊" \\ 'x'`
    expect(toBytes(mixed)).toEqual(
      Buffer.concat([Buffer.from('SELECT "日本'), Buffer.of(0xe9), Buffer.from(`🦊" \\ 'x'`)]),
    )
  })

  it('text has none, and quoting leaves them alone', () => {
    expect(hasUnreadBytes('café 🦊 \u{10ffff} \uf8ff')).toBe(false)
    expect(hasUnreadBytes(byBytes(Buffer.of(0x80)))).toBe(true)
    expect(byBytes(Buffer.from('plain'))).toBe('plain')
  })

  it('people read letters of Western Europe', () => {
    expect(legible(`caf${byBytes(Buffer.of(0xe9))} 日本`)).toBe('café 日本')
  })
})
