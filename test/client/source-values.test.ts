import { describe, expect, it } from 'vitest'
import { emptySource, sourceInputOf, sourcePatchOf } from '@/components/sources/source-values'
import { updateSourceSchema } from '@/lib/contracts/source'

const place = { name: 'shop', host: 'db1', database: 'shop', user: 'backup' }

describe('the form of a source', () => {
  it('sends after how long a silent connection is given up, and nothing when it is left empty', () => {
    expect(sourceInputOf({ ...emptySource, stallMinutes: '2.5' }).options.stallTimeoutMs).toBe(150_000)
    expect(sourceInputOf(emptySource).options.stallTimeoutMs).toBeUndefined()
  })

  it('takes the limits away that were emptied in an edit', () => {
    const { options } = updateSourceSchema.parse(sourcePatchOf({ ...emptySource, ...place, rpoHours: '' }))
    expect(options).toMatchObject({ stallTimeoutMs: null, rateLimitBytesPerSecond: null, rpoObjectiveMs: null })
  })
})
