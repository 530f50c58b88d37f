import { describe, expect, it } from 'vitest'
import { Findings, ServerEnded } from '@/lib/engines/postgres/physical/prove/findings'
import { isGone, isServerDamage } from '@/lib/engines/postgres/physical/prove/server-damage'

const said = (code: string, message: string) => Object.assign(new Error(message), { code })

describe('what the server says while it is looked at', () => {
  it.each([
    ['XX001', 'invalid page in block 5 of relation base/5/16384'],
    ['XX001', 'could not read block 5 in file "base/5/16384": read only 0 of 8192 bytes'],
    ['XX002', 'index "a" contains unexpected zero page at block 3'],
    ['XX000', 'missing chunk number 0 for toast value 16400 in pg_toast_16384'],
    ['58P01', 'could not open file "base/5/16384": No such file or directory'],
    ['58P01', 'could not open file "pg_tblspc/16390/PG_15_202209061/5/16384": No such file or directory'],
    ['58P01', 'could not access status of transaction 4711'],
    ['22023', '"base/16390" is not a valid data directory'],
    ['3D000', 'database "shop" does not exist'],
  ])('is damage: %s %s', (code, message) => {
    expect(isServerDamage(said(code, message))).toBe(true)
    expect(isGone(said(code, message))).toBe(false)
  })

  it.each([
    ['58P01', 'could not access file "$libdir/postgis-3": No such file or directory'],
    ['58P01', 'could not access file "pg_partman_bgw": No such file or directory'],
    ['58030', 'could not read block 5 in file "base/5/16384": Input/output error'],
    ['53200', 'out of memory'],
    ['53100', 'could not extend file "base/5/16384": No space left on device'],
    ['42883', 'could not identify an ordering operator for type json'],
    ['22P02', 'invalid input syntax for type integer: "base/5"'],
  ])('says nothing about the data: %s %s', (code, message) => {
    expect(isServerDamage(said(code, message))).toBe(false)
    const findings = new Findings('rows-readable', 'It is lost')
    findings.sound(3)
    findings.failed('a table', said(code, message))
    expect(findings.check()).toMatchObject({ verdict: 'inconclusive', expected: 4, actual: 3 })
  })

  it.each([
    ['57P02', 'terminating connection because of crash of another server process'],
    ['57P03', 'the database system is in recovery mode'],
    ['', 'Connection terminated unexpectedly'],
    ['ECONNREFUSED', 'connect ECONNREFUSED'],
  ])('is its end: %s %s', (code, message) => {
    const findings = new Findings('rows-readable', 'It is lost')
    expect(() => findings.failed('a table', said(code, message))).toThrow(ServerEnded)
  })
})
