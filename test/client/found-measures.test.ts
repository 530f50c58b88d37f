import { expect, it } from 'vitest'
import { foundMeasures, inspectionSchema } from '@/lib/contracts/source'
import { containers, items } from '../helpers/measures'

it.each([
  ['of an older version: tables', { tableCount: 3 }, [containers('tables', 3)]],
  ['of an older version that failed: nothing', {}, []],
  ['whatever the engine counts', { measures: [items('keys', 7)] }, [items('keys', 7)]],
  ['no tables a second time', { tableCount: 3, measures: [containers('tables', 3)] }, [containers('tables', 3)]],
])('a test of the connection shows %s', (_, found, expected) => {
  expect(foundMeasures(inspectionSchema.parse({ ok: true, ...found }))).toEqual(expected)
})
