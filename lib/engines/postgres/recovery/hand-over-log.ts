import { constants, existsSync } from 'node:fs'
import { chmod, type FileHandle, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { type Fetched, type FetchOrder, fileFetcher } from './fetch-file'
import { neededSegments } from './needed-segments'
import { handOver } from './restore-script'

const everyMs = 20
/** Segments are fetched ahead of the server, several at once, as far as this much disk takes them. */
const aheadBytes = 256 * 1024 ** 2
const [fewestAhead, mostAhead] = [2, 8]
const atOnce = 4

export interface HandOverOrder extends FetchOrder {
  /** A folder that does not exist yet; the server sees it. */
  folder: string
}

/** Log on its way to a server. */
export interface LogHandOver {
  /** Rejects with the first error that keeps the server from what it asked for; it never resolves. */
  readonly failed: Promise<never>
  /** Number of the newest segment of the plan that the server took; null before the first. */
  newestTaken(): number | null
  close(): Promise<void>
}

type State = Fetched | 'fetching' | { error: unknown }

/**
 * Hands the plan's log to the server that runs `restoreScript`. A segment that the plan counts on and that is not available, and every error,
 * ends the recovery: only what is certainly not part of the plan is answered with "no such file".
 */
export async function handOverLog(order: HandOverOrder, run: RunContext): Promise<LogHandOver> {
  const { plan, facts } = order
  const needed = neededSegments(plan, facts.segmentBytes)
  const ahead = Math.min(mostAhead, Math.max(fewestAhead, Math.floor(aheadBytes / facts.segmentBytes)))
  await makeFolder(order)
  const folder = await heldFolder(order.folder)
  const want = await heldFolder(join(folder.path, handOver.want))
  const place = (name: string) => join(folder.path, name)
  const isWish = (name: string) => !name.endsWith(handOver.taken)
  const forget = (told: string) => rm(join(want.path, told), { force: true })

  const over = new AbortController()
  const scope = { ...run, signal: AbortSignal.any([run.signal, over.signal]) }
  const fetchFile = fileFetcher({ ...order, needed, place }, scope)
  const states = new Map<string, State>()
  const wanted = new Set<string>()
  const fetches = new Set<Promise<void>>()
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  let isFailed = false
  let cursor = needed.first
  let newest: number | null = null

  /** An empty file; one that is there already says the same, and a link that was put there is not followed. */
  const tell = (name: string) => writeFile(place(name), '', { flag: 'wx' }).catch(() => undefined)

  const fail = async (error: unknown) => {
    if (isFailed || scope.signal.aborted) return
    isFailed = true
    await tell(handOver.failed)
    failure.reject(error)
  }

  const start = (name: string) => {
    states.set(name, 'fetching')
    const fetched: Promise<void> = fetchFile(name)
      .then(
        (state) => {
          states.set(name, state)
        },
        (error: unknown) => {
          states.set(name, { error })
        },
      )
      .then(() => answer(name))
      .catch(fail)
      .finally(() => {
        fetches.delete(fetched)
        if (!isFailed && !scope.signal.aborted) topUp()
      })
    fetches.add(fetched)
  }

  const topUp = () => {
    for (let number = cursor; number < cursor + ahead && fetches.size < atOnce; number += 1) {
      const segment = needed.at(number)
      if (segment && !states.has(segment.name)) start(segment.name)
    }
  }

  /** What the server waits for is told when it is known; an error of what was fetched ahead only when the server wants it. */
  const answer = async (name: string) => {
    const state = states.get(name)
    if (!wanted.has(name) || state === undefined || state === 'fetching') return
    wanted.delete(name)
    if (typeof state === 'object') await fail(state.error)
    else if (state === 'none') await tell(name + handOver.none)
  }

  const hear = async (told: string) => {
    await forget(told)
    const name = isWish(told) ? told : told.slice(0, -handOver.taken.length)
    // The folder is the server's to write to, and what runs in it is not trusted.
    if (!/^[0-9A-F]{8}[0-9A-Za-z.]{0,50}$/.test(name)) return
    const segment = needed.named(name)
    if (told !== name) {
      wanted.delete(name)
      states.delete(name)
      if (segment) [cursor, newest] = [segment.number + 1, Math.max(newest ?? 0, segment.number)]
    } else {
      wanted.add(name)
      if (segment) cursor = segment.number
      if (states.has(name)) await answer(name)
      else start(name)
    }
    topUp()
  }

  const watch = async () => {
    topUp()
    while (!scope.signal.aborted && !isFailed) {
      const told = await readdir(want.path)
      // What was taken first: a wish for the same file was written before and is fulfilled.
      const taken = told.filter((name) => !isWish(name))
      for (const name of taken) await hear(name)
      const fulfilled = new Set(taken.map((name) => name.slice(0, -handOver.taken.length)))
      for (const name of told.filter(isWish)) {
        if (fulfilled.has(name)) await forget(name)
        else await hear(name)
      }
      await delay(everyMs, undefined, { signal: scope.signal })
    }
  }
  const watching = watch().catch((error: unknown) => fail(error))

  return {
    failed: failure.promise,
    newestTaken: () => newest,
    async close() {
      over.abort()
      await watching
      await Promise.all(fetches)
      await want.close()
      await folder.close()
      // What the server asks for from now on fails.
      await rm(order.folder, { recursive: true, force: true })
    },
  }
}

/** Both the server and this process write to it. A subordinate user's files are closed to the worker, which is another user to the kernel. */
async function makeFolder({ folder, confinement }: HandOverOrder): Promise<void> {
  const want = join(folder, handOver.want)
  await mkdir(want, { recursive: true })
  if (confinement.user.kind === 'sub') for (const path of [folder, want]) await chmod(path, 0o777)
  else await confinement.give(folder)
}

/** A folder that stays the same one, also when what runs in the sandbox puts a link in its place. */
async function heldFolder(folder: string): Promise<{ path: string; close(): Promise<void> }> {
  const handle: FileHandle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  const held = `/proc/self/fd/${handle.fd}`
  return { path: existsSync(held) ? held : folder, close: () => handle.close() }
}
