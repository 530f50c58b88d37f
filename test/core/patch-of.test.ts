import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { patchOf } from '@/lib/contracts/common'
import { updateSourceSchema } from '@/lib/contracts/source'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'

describe('a patch', () => {
  it('adds nothing to what was named, where partial() would fill in defaults', () => {
    const schema = z.object({ a: z.string().default('x'), b: z.object({ c: z.number().default(1) }).prefault({}) })
    expect(schema.partial().parse({})).toEqual({ a: 'x', b: { c: 1 } })
    expect(patchOf(schema).parse({})).toEqual({})
    expect(patchOf(schema).parse({ a: 'y' })).toEqual({ a: 'y' })
    expect(updateSourceSchema.parse({ options: {}, connection: {} })).toEqual({ options: {}, connection: {} })
  })

  it('still checks what was named', () => {
    expect(updateSourceSchema.safeParse({ connection: { port: 0 } }).success).toBe(false)
  })
})

describe('a metadata address', () => {
  it.each([
    '169.254.169.254',
    'fe80::1',
    '[fe80::1]',
    '::ffff:a9fe:a9fe',
    'fd00:ec2::254',
    'Metadata.Google.Internal.',
  ])('is seen in %s (security 15)', (host) => expect(isMetadataAddress(host)).toBe(true))
  it.each(['127.0.0.1', '10.0.0.1', '169.253.1.1', '::1', 'fd00::1', '::ffff:10.0.0.1', 's3.example.com'])(
    'is not seen in %s',
    (host) => expect(isMetadataAddress(host)).toBe(false),
  )
})
