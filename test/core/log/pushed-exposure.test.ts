import { describe, expect, it } from 'vitest'
import { noteMoment, type PushedLogState } from '@/lib/core/log/pushed-exposure'

const segmentBytes = 100
const at = (second: number) => new Date(second * 1_000)

/** Seconds, places and marks as the server said them, with what was stored by then; answers the last exposure. */
function exposed(...said: [second: number, order: number, idleMark: string | null, stored: number | null][]) {
  let state: PushedLogState = { clear: null, moments: [] }
  let exposure: { since: number | null; covered: number | null } = { since: null, covered: null }
  for (const [second, order, idleMark, stored] of said) {
    const noted = noteMoment(
      state,
      { order: BigInt(order), at: at(second), idleMark },
      { stored: stored === null ? null : BigInt(stored), segmentBytes },
    )
    state = noted
    const seconds = (time: Date | null) => time && time.getTime() / 1_000
    exposure = { since: seconds(noted.unstoredSince), covered: seconds(noted.coveredUntil) }
  }
  return { ...exposure, kept: state.moments.length }
}

describe('what may be lost of log that comes a segment at a time', () => {
  it('is everything since it was first looked at while nothing is stored', () => {
    expect(exposed([1, 50, 'a', null], [2, 60, 'b', null], [9, 150, 'c', null])).toMatchObject({ since: 1 })
  })

  it('is nothing while all that the server has written is stored', () => {
    expect(exposed([1, 100, 'a', 100])).toMatchObject({ since: null, covered: 1 })
  })

  it('is what was committed after the newest moment whose log is stored whole', () => {
    expect(exposed([1, 100, 'a', 100], [5, 100, 'a', 100], [7, 130, 'b', 100], [9, 140, 'c', 100])).toMatchObject({
      since: 5,
      covered: 5,
    })
  })

  it('begins later once the next segment is stored', () => {
    const said = [
      [1, 100, 'a', 100],
      [3, 160, 'b', 100],
      [5, 190, 'c', 100],
      [7, 230, 'd', 100],
    ] as const
    expect(exposed(...said.map((each): [number, number, string, number] => [...each]))).toMatchObject({ since: 1 })
    expect(
      exposed(...said.map((each): [number, number, string, number] => [...each]), [9, 240, 'e', 200]),
    ).toMatchObject({ since: 5 })
  })

  it('is nothing while the server writes, but commits nothing', () => {
    expect(exposed([1, 100, 'a', 100], [60, 130, 'a', 100])).toMatchObject({ since: null, covered: 60 })
    expect(exposed([1, 100, 'a', 100], [60, 130, 'a', 100], [62, 140, 'b', 100])).toMatchObject({ since: 60 })
  })

  it('counts every place as a commit where nobody knows of them', () => {
    expect(exposed([1, 100, null, 100], [60, 130, null, 100])).toMatchObject({ since: 1, covered: null })
    expect(exposed([1, 100, null, 100])).toMatchObject({ since: null, covered: null })
  })

  it('remembers one moment of each segment, however often it looks', () => {
    const said = Array.from({ length: 1_000 }, (_, index): [number, number, string, number] => [
      index,
      101 + Math.floor(index / 4),
      `mark ${index}`,
      100,
    ])
    expect(exposed(...said)).toMatchObject({ since: 0, kept: 3 })
  })
})
