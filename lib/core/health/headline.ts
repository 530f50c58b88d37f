import type { HealthLevel, Headline } from '../../contracts/status'
import { exceptWords, isProvenToTheEnd, newerWords, type ProofFacts } from './proof'

/** One source as the headline sees it. */
export interface HeadlineSource {
  name: string
  isCatalog: boolean
  health: HealthLevel
  /** Codes of its reasons. */
  codes: readonly string[]
  /** There is a good backup. */
  isProtected: boolean
  /** A stored backup is proven, its proof is not overdue and nothing newer was found broken. */
  isProven: boolean
  proof: ProofFacts
}

interface Facts {
  sources: readonly HeadlineSource[]
  health: HealthLevel
  workerAlive: boolean
}

/** The one sentence at the top. It follows the worst fact there is, and is green only when nothing is worse than proven. */
export function headlineOf({ sources, health, workerAlive }: Facts): Headline {
  const own = sources.filter((source) => !source.isCatalog)
  if (!workerAlive) return { text: 'No worker is running: nothing is being backed up', tone: 'bad' }
  if (own.length === 0) {
    return {
      text: 'Nothing of yours is protected yet',
      tone: health === 'unhealthy' || health === 'degraded' ? 'warn' : 'neutral',
    }
  }
  const trouble = worstOf(own)
  const text = trouble ?? calmWords(own, health)
  return { text, tone: trouble || health !== 'healthy' ? toneOf(health, own) : calmTone(own) }
}

/** What is worst about the user's own sources; null when every one has a good backup, proven or not, and no trouble. */
function worstOf(own: readonly HeadlineSource[]): string | null {
  const proven = own.filter((source) => source.isProven).length
  const behind =
    proven === 0 ? '' : own.length === 1 ? '; an older backup is proven restorable' : `; ${provenWords(own)}`
  const unprotected = own.filter((source) => !source.isProtected)
  if (unprotected.length > 0) return about(own, unprotected, 'has no good backup', 'have no good backup')
  for (const [code, one, many] of troubles) {
    const hit = own.filter((source) => source.codes.includes(code))
    if (hit.length > 0) return `${about(own, hit, one, many)}${behind}`
  }
  if (proven < own.length) {
    if (own.length > 1) return provenWords(own)
    return own[0]?.proof.provenUpTo
      ? 'The proof of your source is too old'
      : 'Your source is backed up, but not proven restorable yet'
  }
  return null
}

/** Worst first: the code of a reason, and what it says of one source and of several. */
const troubles: readonly (readonly [code: string, one: string, many: string])[] = [
  ['latest-broken', 'has a broken newest backup', 'have a broken newest backup'],
  ['last-run-not-good', 'has a last backup that did not succeed', 'have a last backup that did not succeed'],
  ['exposure-over-objective', 'could lose more than the objective allows', 'could lose more than the objective allows'],
  ['newer-broken', 'has a broken backup after the proven one', 'have a broken backup after the proven one'],
  ['copy-missing', 'has a newest backup that misses a copy', 'have a newest backup that misses a copy'],
]

function about(own: readonly HeadlineSource[], hit: readonly HeadlineSource[], one: string, many: string): string {
  if (own.length === 1) return `Your source ${one}`
  const [first] = hit
  return hit.length === 1 && first ? `${first.name} ${one}` : `${hit.length} of ${own.length} sources ${many}`
}

function provenWords(own: readonly HeadlineSource[]): string {
  const proven = own.filter((source) => source.isProven).length
  return proven === own.length
    ? `all ${own.length} sources are proven restorable`
    : `${proven} of ${own.length} sources ${proven === 1 ? 'is' : 'are'} proven restorable`
}

/** Everything is proven; newer backups and other problems are named as well. */
function calmWords(own: readonly HeadlineSource[], health: HealthLevel): string {
  const text = `${
    own.length === 1 ? 'Your source is proven restorable' : `All ${own.length} sources are proven restorable`
  }${lackingWords(own)}`
  const worst = own.some((source) => source.health !== 'healthy')
  if (worst) return `${text}, but something needs attention`
  if (health !== 'healthy') return `${text}, but something else needs attention`
  const untested = own.reduce((sum, source) => sum + source.proof.newer.untested, 0)
  return untested === 0 ? text : `${text}; ${newerWords({ untested, broken: 0, failed: 0, missed: 0 }, true)}`
}

function lackingWords(own: readonly HeadlineSource[]): string {
  const lacking = own.filter((source) => source.proof.except.length > 0)
  if (own.length === 1) return exceptWords(own[0]?.proof.except ?? [])
  return lacking.length === 0 ? '' : `, ${lacking.length} of them with exceptions`
}

const calmTone = (own: readonly HeadlineSource[]): Headline['tone'] =>
  own.every((source) => isProvenToTheEnd(source.proof)) ? 'proven' : 'info'

function toneOf(health: HealthLevel, own: readonly HeadlineSource[]): Headline['tone'] {
  if (health === 'unhealthy') return 'bad'
  return health === 'degraded' || own.some((source) => !source.isProtected) ? 'warn' : 'info'
}

/** Holdfast's own catalog, told apart from what it protects: "Holdfast's own catalog: proven". */
export function catalogWords(catalog: HeadlineSource): string {
  return `Holdfast’s own catalog: ${catalogState(catalog)}`
}

function catalogState({ codes, isProtected, isProven, health, proof }: HeadlineSource): string {
  if (!isProtected) return codes.includes('never-succeeded') ? 'no good backup' : 'no backup yet'
  if (codes.includes('latest-broken')) return 'the newest backup is broken'
  if (codes.includes('last-run-not-good')) return 'the last backup did not succeed'
  if (!isProven) return proof.provenUpTo ? 'its proof is too old' : 'backed up, not proven yet'
  if (health !== 'healthy') return 'proven, needs attention'
  const gap = newerWords(proof.newer, true)
  const proven = `proven${exceptWords(proof.except)}`
  return gap ? `${proven}, ${gap}` : proven
}
