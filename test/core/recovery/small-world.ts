import fc from 'fast-check'
import type { TimelineHistory } from '@/lib/core/log/timeline-history'
import { timelineText } from '@/lib/core/log/wal-name'
import type { RecoveryBase, StoredRange } from '@/lib/core/recovery/stored-log'

/** Places are small numbers, so that every one can be looked at. */
export const places = Array.from({ length: 33 }, (_, place) => place)
const last = 32

interface Branch {
  name: string
  parent: number | null
  begin: number
}

/** A log of a few timelines, what is stored of it, and which of its places have a commit. */
export interface SmallWorld {
  branches: Branch[]
  bases: RecoveryBase[]
  ranges: StoredRange[]
  histories: TimelineHistory[]
  /** A place of a timeline is stored. */
  isStored(branch: number, place: number): boolean
  hasCommit(branch: number, place: number): boolean
}

/** Time goes on with the log: the commit at a place, and the moment in which everything before a place was written. */
export const commitTime = (place: number): Date => new Date(Date.UTC(2026, 10, 21) + place * 1_000 + 500)
export const timeOf = (place: number): Date => new Date(Date.UTC(2026, 10, 21) + place * 1_000)

const place = fc.nat(last)

/** `forks`: with how many timelines at most. */
export const smallWorlds = (most: number): fc.Arbitrary<SmallWorld> =>
  fc
    .record({
      forks: fc.array(fc.record({ parent: fc.nat(3), at: fc.nat(24) }), { maxLength: most - 1 }),
      ranges: fc.array(
        fc.record({
          branch: fc.nat(most - 1),
          from: place,
          length: fc.integer({ min: 0, max: 20 }),
          idle: fc.boolean(),
        }),
        { maxLength: 9 },
      ),
      bases: fc.array(
        fc.record({
          branch: fc.nat(most - 1),
          start: place,
          length: fc.integer({ min: 1, max: 6 }),
          early: fc.boolean(),
        }),
        { maxLength: 5 },
      ),
      commits: fc.array(fc.array(fc.boolean(), { minLength: last + 1, maxLength: last + 1 }), {
        minLength: most,
        maxLength: most,
      }),
    })
    .map(({ forks, ranges, bases, commits }) => {
      const branches: Branch[] = [{ name: timelineText(1), parent: null, begin: 0 }]
      for (const { parent, at } of forks) {
        const index = parent % branches.length
        // Numbers are skipped, and reach two hexadecimal digits.
        const name = timelineText(branches.length * 5 + 1)
        branches.push({ name, parent: index, begin: Math.max(branches[index]?.begin ?? 0, at) })
      }
      const branchOf = (index: number) => {
        const branch = branches[index % branches.length]
        if (!branch) throw new Error('no branch')
        return { branch, index: index % branches.length }
      }
      const stored = new Set<string>()
      const hasCommit = (index: number, at: number): boolean => commits[index]?.[at] ?? false
      return {
        branches,
        hasCommit,
        isStored: (index, at) => stored.has(`${index} ${at}`),
        histories: branches.flatMap(({ name }, index) => {
          const ancestors = chainOf(branches, index).slice(0, -1)
          const told = ancestors.map(({ branch, until }) => ({
            timeline: branch.name,
            fork: BigInt(until ?? 0),
          }))
          return told.length > 0 ? [{ timeline: name, ancestors: told }] : []
        }),
        ranges: ranges.map((drawn) => {
          const { branch, index } = branchOf(drawn.branch)
          // A timeline's first segment begins before the timeline.
          const from = Math.max(drawn.from, branch.begin - 2)
          const to = Math.min(from + drawn.length, last)
          const own = places.filter((at) => from <= at && at < to)
          for (const at of own) stored.add(`${index} ${at}`)
          const newest = own.findLast((at) => hasCommit(index, at) && at >= branch.begin)
          return {
            timeline: branch.name,
            from: BigInt(from),
            to: BigInt(Math.max(from, to)),
            lastCommitAt: newest === undefined ? null : commitTime(newest),
            coveredUntil: drawn.idle ? timeOf(to) : null,
            endsBecause: `ends at ${to}`,
          }
        }),
        bases: bases.map((drawn, at) => {
          const { branch } = branchOf(drawn.branch)
          const start = Math.max(drawn.start, drawn.early ? branch.begin - 2 : branch.begin, 0)
          const end = Math.max(start + drawn.length, branch.begin + 1)
          return {
            backupId: `b${at}`,
            timeline: branch.name,
            start: BigInt(start),
            end: BigInt(end),
            endedAt: timeOf(end),
          }
        }),
      }
    })

/** The way to a timeline, each with the place at which it is left. */
export function chainOf(branches: Branch[], index: number): { branch: Branch; index: number; until: number | null }[] {
  const chain: { branch: Branch; index: number; until: number | null }[] = []
  let [at, until]: [number | null, number | null] = [index, null]
  while (at !== null) {
    const branch: Branch | undefined = branches[at]
    if (!branch) throw new Error('no branch')
    chain.unshift({ branch, index: at, until })
    ;[until, at] = [branch.begin, branch.parent]
  }
  return chain
}

/** Place by place: whether the log from the base to the place is stored on the way to the timeline. */
export function leads(world: SmallWorld, base: RecoveryBase, index: number, place: number): boolean {
  const chain = chainOf(world.branches, index)
  const on = chain.find(({ branch }) => branch.name === base.timeline)
  if (!on || (on.until !== null && base.end > BigInt(on.until)) || base.end > BigInt(place)) return false
  return places
    .filter((at) => base.start <= BigInt(at) && at < place)
    .every((at) => chain.some(({ index: each, until }) => (until === null || at < until) && world.isStored(each, at)))
}

/** Commits on the way to a timeline before a place. */
export function commitsBefore(world: SmallWorld, index: number, place: number): number[] {
  const chain = chainOf(world.branches, index)
  const owner = (at: number) => chain.findLast(({ branch }) => branch.begin <= at)
  return places.filter((at) => at < place && world.hasCommit(owner(at)?.index ?? 0, at))
}
