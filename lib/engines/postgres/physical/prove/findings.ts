import type { Check } from '@/lib/contracts/backup'
import { clip } from '@/lib/core/clip'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { isGone, isServerDamage } from './server-damage'

const shown = 20

/** What a check looked at, one by one, in all databases. */
export class Findings {
  private looked = 0
  private whole = 0
  private readonly broken: string[] = []
  private readonly undecided: string[] = []
  private readonly notes: string[] = []

  constructor(
    private readonly name: string,
    /** What damage of this kind means for people. */
    private readonly consequence: string,
  ) {}

  sound(count = 1): void {
    this.looked += count
    this.whole += count
  }

  damaged(what: string): void {
    this.looked += 1
    this.broken.push(what)
  }

  open(what: string): void {
    this.looked += 1
    this.undecided.push(what)
  }

  note(what: string): void {
    this.notes.push(what)
  }

  /** Damage, or trouble with the looking; throws `ServerEnded` when the server is no longer there. */
  failed(what: string, error: unknown): void {
    if (error instanceof ServerEnded) throw error
    if (isGone(error)) throw new ServerEnded(this, what, error)
    const told = `${what}: ${errorText(error)}`
    if (isServerDamage(error)) this.damaged(told)
    else this.open(told)
  }

  /** Adds what a check of one database found. */
  merge(database: string, { verdict, expected = 0, actual = 0, detail }: Check): void {
    this.looked += Number(expected)
    this.whole += Number(actual)
    const told = `${database}: ${detail ?? ''}`
    if (verdict === 'failed') this.broken.push(told)
    else if (verdict === 'inconclusive') this.undecided.push(told)
    else if (detail !== undefined) this.notes.push(told)
  }

  check(): Check {
    const { broken, undecided } = this
    const list = (what: string[]) =>
      what.slice(0, shown).join('; ') + (what.length > shown ? `; and ${what.length - shown} more` : '')
    const details = [
      broken.length > 0 && `${list(broken)}. ${this.consequence}`,
      undecided.length > 0 && `Could not be checked: ${list(undecided)}`,
      this.notes.length > 0 && list(this.notes),
    ].filter((note) => note !== false)
    return {
      name: this.name,
      verdict: broken.length > 0 ? 'failed' : undecided.length > 0 ? 'inconclusive' : 'passed',
      expected: this.looked,
      actual: this.whole,
      ...(details.length > 0 ? { detail: clip(details.join('. ')) } : {}),
    }
  }
}

/** The server ended while something was looked at. */
export class ServerEnded extends Error {
  constructor(
    readonly findings: Findings,
    readonly what: string,
    cause: unknown,
  ) {
    super(`the server ended at ${what}`, { cause })
  }
}
