import { expect, it } from 'vitest'
import { unrestorableBecause } from '@/lib/client/backup-facts'
import type { Copy } from '@/lib/contracts/backup'

const backup = (
  engine: 'postgres' | 'files',
  kind: 'logical' | 'base' | 'snapshot',
  state: Copy['state'] = 'stored',
) => ({
  ...{ engine, kind, deletedAt: null, status: 'succeeded' as const },
  // Of a copy only its state is looked at.
  copies: [{ state }] as Copy[],
})

it.each([
  ['a dump', backup('postgres', 'logical'), undefined],
  ['a folder', backup('files', 'snapshot'), undefined],
  ['a base backup', backup('postgres', 'base'), /RESTORE\.md/],
  ['a base backup without a stored copy', backup('postgres', 'base', 'missing'), /No copy/],
])('says of %s whether it is restored from here', (_, shown, expected) => {
  const because = unrestorableBecause(shown)
  if (expected === undefined) expect(because).toBeUndefined()
  else expect(because).toMatch(expected)
})
