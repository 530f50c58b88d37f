import { describe, expect, it } from 'vitest'
import { type Protection, protectionSchema } from '@/lib/contracts/recovery/protection'
import { updateSourceSchema } from '@/lib/contracts/source'
import {
  objectiveChoices,
  protectionBody,
  protectionMessages,
  protectionValues,
  ways,
} from '@/components/recovery/protection-values'

const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const stored = [
  { dumps: true, continuous: true, sliceMs: 10_000 },
  { dumps: false, continuous: true, sliceMs: 45_000, destinationIds: [id] },
  { dumps: true, continuous: true, log: 'push', sliceMs: 300_000 },
].map((protection) => protectionSchema.parse(protection))
const off = protectionSchema.parse({})

/** As the API puts a patch over what is stored. */
const after = (before: Protection, patch: object) => protectionSchema.parse({ ...before, ...patch })

describe('the form of how a source is protected', () => {
  it.each(stored)('sends what is stored when nothing was changed: %j', (protection) => {
    expect(after(protection, protectionBody(protectionValues(protection)).protection)).toEqual(protection)
  })

  it('begins with dumps and log where only dumps are taken, within the usual objective', () => {
    expect(after(off, protectionBody(protectionValues(off)).protection)).toEqual({
      dumps: true,
      continuous: true,
      log: 'stream',
      sliceMs: 60_000,
    })
  })

  it.each(ways)('sends what the contract takes, and one protection at least: %s', (way) => {
    const values = protectionValues(off)
    const body = protectionBody({ protection: { ...values.protection, way } })
    const { protection } = updateSourceSchema.parse(body)
    expect(after(off, protection ?? {})).toMatchObject({ dumps: way !== 'continuous', continuous: way !== 'dumps' })
  })

  it('refuses to take destinations back, which a patch cannot say', () => {
    const [unnamed = off, named = off] = stored
    const empty = protectionValues(unnamed)
    expect(protectionMessages(unnamed)(empty)).toEqual({})
    expect(protectionMessages(named)(protectionValues(named))).toEqual({})
    expect(Object.keys(protectionMessages(named)(empty))).toEqual(['protection.destinationIds'])
    expect(protectionMessages(named)({ protection: { ...empty.protection, way: 'dumps' } })).toEqual({})
  })

  it('offers the usual objectives, and the one that is stored', () => {
    expect(objectiveChoices(60_000).map(({ label }) => label)).toEqual(['10 s', '30 s', '1 min', '5 min'])
    expect(objectiveChoices(45_000).map(({ value }) => value)).toContain('45000')
  })
})
