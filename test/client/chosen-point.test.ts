import { describe, expect, it } from 'vitest'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import { ApiError } from '@/lib/client/api'
import {
  askedPoint,
  chooseNear,
  firstValue,
  nearestOf,
  readChosen,
  searchOf,
  targetTypes,
  type ChosenPoint,
} from '@/components/recovery/point/chosen-point'

const sourceId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const destinationId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'
const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour)).toISOString()
const window = (timeline: string, from: number, to: number) => ({
  ...{ timeline, from: at(from), to: at(to), fromPosition: '0/3000028', toPosition: '0/9000000' },
  ...{ backupIds: [], endsBecause: null },
})
const known: RecoveryWindows = {
  windows: [window('1', 1, 9), window('2', 5, 7)],
  gaps: [],
  restorePoints: [
    { name: 'after the import', timeline: '1', position: '0/8000000', at: at(8) },
    { name: 'before the import', timeline: '1', position: '0/7000000', at: at(6) },
  ],
  ...{ destinations: [], exposureMs: null, latestCommitAt: null, streaming: null },
}
const none: RecoveryWindows = { ...known, windows: [], restorePoints: [] }
const chosen = (part: Partial<ChosenPoint>): ChosenPoint => ({
  ...{ type: 'latest', value: '', timeline: '', destinationId: '' },
  ...part,
})
const read = (search: string) => {
  const params = new URLSearchParams(search)
  return readChosen((name) => params.get(name) ?? undefined, known)
}

describe('the point that an address holds', () => {
  it.each<[string, Partial<ChosenPoint>]>([
    ['', { type: 'latest' }],
    ['to=yesterday', { type: 'latest' }],
    ['to=time', { type: 'time', value: at(9) }],
    [`to=time&at=${at(3)}`, { type: 'time', value: at(3) }],
    ['to=name', { type: 'name', value: 'after the import' }],
    ['to=lsn&at=0/5000000&timeline=2', { type: 'lsn', value: '0/5000000', timeline: '2' }],
    [`to=immediate&destination=${destinationId}`, { type: 'immediate', destinationId }],
  ])('%j is read as it was chosen', (search, part) => {
    expect(read(search)).toEqual(chosen(part))
  })

  it.each(targetTypes)('is the same after it was written down: %s', (type) => {
    const point = chosen({ type, value: type === 'latest' || type === 'immediate' ? '' : 'a & b', timeline: '2' })
    expect(read(searchOf(point))).toEqual(point)
  })

  it('begins with the end of the newest window and with the newest name, where there are any', () => {
    expect(targetTypes.map((type) => firstValue(type, known))).toEqual(['', at(9), 'after the import', '', '', ''])
    expect(targetTypes.map((type) => firstValue(type, none))).toEqual(['', '', '', '', '', ''])
  })
})

describe('what is asked for', () => {
  it.each<[Partial<ChosenPoint>, unknown]>([
    [
      { type: 'latest', value: 'left over' },
      { sourceId, target: { type: 'latest' } },
    ],
    [{ type: 'immediate' }, { sourceId, target: { type: 'immediate' } }],
    [
      { type: 'time', value: at(3) },
      { sourceId, target: { type: 'time', value: at(3) } },
    ],
    [{ type: 'time', value: '' }, null],
    [{ type: 'xid', value: ' 771' }, null],
    [
      { type: 'xid', value: '771' },
      { sourceId, target: { type: 'xid', value: '771' } },
    ],
    [{ type: 'name', value: '' }, null],
    [
      { type: 'lsn', value: ' 0/5000000 ', timeline: '2', destinationId },
      { sourceId, target: { type: 'lsn', value: '0/5000000' }, timeline: '2', destinationId },
    ],
  ])('of %j', (part, asked) => {
    expect(askedPoint(sourceId, chosen(part))).toEqual(asked)
  })
})

describe('the nearest points', () => {
  const point = (timeline: string, hour: number) => ({ timeline, position: `0/${hour}000000`, time: at(hour) })
  const refused = (reason: string, nearest: unknown, code = 'target-unreachable') =>
    new ApiError({ type: 'about:blank', title: 'no', status: 422, code, facts: { reason, nearest } })
  const [before, after] = [point('1', 2), point('1', 4)]

  it('are read from the refusal of a check, and from nothing else', () => {
    expect(nearestOf(refused('gap', [{ before, after }]))).toEqual([
      { side: 'before', ...before },
      { side: 'after', ...after },
    ])
    expect(nearestOf(refused('before-base', [{ after }]))).toEqual([{ side: 'after', ...after }])
    expect(nearestOf(refused('gap', [{ before }], 'invalid-input'))).toEqual([])
    expect(nearestOf(refused('gap', 'soon'))).toEqual([])
    expect(nearestOf(new Error('away'))).toEqual([])
  })

  it.each<[string, Partial<ChosenPoint>, string, Partial<ChosenPoint>]>([
    ['a time stays a time', { type: 'time', value: at(3) }, 'gap', { type: 'time', value: at(2) }],
    ['a position stays one', { type: 'lsn', value: '0/3' }, 'gap', { type: 'lsn', value: '0/2000000' }],
    ['the latest state is the position', { type: 'latest' }, 'gap', { type: 'lsn', value: '0/2000000' }],
    [
      'the timeline stays while it leads there',
      { type: 'time', value: at(3), timeline: '2' },
      'gap',
      { type: 'time', value: at(2), timeline: '2' },
    ],
    [
      'and is the point’s own where nothing leads along it',
      { type: 'time', value: at(3), timeline: '2' },
      'no-path',
      { type: 'time', value: at(2), timeline: '1' },
    ],
  ])('%s', (_name, part, reason, wanted) => {
    const near = { side: 'before' as const, ...before }
    expect(chooseNear(chosen(part), near, refused(reason, [{ before }]))).toEqual(chosen(wanted))
  })
})
