import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'

describe('canonical JSON (RFC 8785)', () => {
  it('writes the example of the RFC', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    expect(canonicalJson(JSON.parse(text))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts names by their UTF-16 units, as the RFC shows', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
    const value = Object.fromEntries(names.map((name) => [name, 0]))
    expect(Object.keys(JSON.parse(canonicalJson(value)))).toEqual(
      // Engines list names that look like an index first; of these there is one.
      ['1', '\r', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'],
    )
    expect(canonicalJson(value)).toMatch(/^\{"\\r":0,"1":0,/)
  })

  it('gives equal values equal text, whatever the order they were made in', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: -0 })).toBe('{"a":0,"b":[{"d":1}]}')
    expect(canonicalJson(JSON.parse('{ "a": 0.0, "b": [ { "d": 1 } ] }'))).toBe('{"a":0,"b":[{"d":1}]}')
  })

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800'], [1n], [undefined]])('refuses %s', (value) => {
    expect(() => canonicalJson({ value: [value] })).toThrow(TypeError)
  })
})
