import type { Job } from '@/lib/contracts/job'
import type { Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJob } from '@/lib/db/catalog/job'
import type { Db } from '@/lib/db/client'

const pollMs = 500
/** More than a person has tabs for, and more than automation has jobs to follow at a time. */
export const streamsEach = 16

type Answer = { resolve(job: Job | null): void; reject(error: unknown): void }

/** Looks at the jobs that streams follow: one query for all of them each half second, however many streams there are. */
export class JobWatch {
  readonly #asked = new Map<string, Answer[]>()
  readonly #streams = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(private readonly db: Db) {}

  /** The job as the next look finds it; null when it is gone. */
  next(id: string): Promise<Job | null> {
    this.#timer ??= setTimeout(() => void this.#look(), pollMs)
    return new Promise((resolve, reject) => {
      this.#asked.set(id, [...(this.#asked.get(id) ?? []), { resolve, reject }])
    })
  }

  /**
   * A place among the streams of one person or token, until it is given back. Throws `too-many-streams` when all of
   * theirs are taken: a stream costs memory and connections for as long as its reader likes.
   */
  takePlace(actor: Actor): () => void {
    const who = `${actor.type}:${actor.type === 'cli' ? actor.user : actor.id}`
    const open = this.#streams.get(who) ?? 0
    if (open >= streamsEach) {
      throw new HoldfastError('too-many-streams', `${streamsEach} streams of events are open for you already.`, {
        remedy: 'Close one of them, or ask for the job itself (GET /api/v1/admin/jobs/{id}) every few seconds.',
        facts: { limit: streamsEach },
      })
    }
    this.#streams.set(who, open + 1)
    let taken = true
    return () => {
      if (!taken) return
      taken = false
      const left = (this.#streams.get(who) ?? 1) - 1
      if (left > 0) this.#streams.set(who, left)
      else this.#streams.delete(who)
    }
  }

  /** How many streams are open, of everybody. */
  get open(): number {
    return [...this.#streams.values()].reduce((sum, count) => sum + count, 0)
  }

  async #look(): Promise<void> {
    this.#timer = null
    const asked = new Map(this.#asked)
    this.#asked.clear()
    try {
      const rows = await this.db.job.findMany({ where: { id: { in: [...asked.keys()] } } })
      const jobs = new Map(rows.map((row) => [row.id, toJob(row)]))
      for (const [id, answers] of asked) for (const { resolve } of answers) resolve(jobs.get(id) ?? null)
    } catch (error) {
      for (const answers of asked.values()) for (const { reject } of answers) reject(error)
    }
  }
}
