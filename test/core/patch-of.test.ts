import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { patchOf } from '@/lib/contracts/common'
import { updateDestinationSchema } from '@/lib/contracts/destination'

describe('a patch', () => {
  it('adds nothing to what was named, where partial() would fill in defaults', () => {
    const schema = z.object({ a: z.string().default('x'), b: z.object({ c: z.number().default(1) }).prefault({}) })
    expect(schema.partial().parse({})).toEqual({ a: 'x', b: { c: 1 } })
    expect(patchOf(schema).parse({})).toEqual({})
    expect(patchOf(schema).parse({ a: 'y' })).toEqual({ a: 'y' })
    expect(updateDestinationSchema.parse({ options: {} })).toEqual({ options: {} })
  })

  it('still checks what was named', () => {
    expect(updateDestinationSchema.safeParse({ options: { capacityBytes: -1 } }).success).toBe(false)
  })
})
