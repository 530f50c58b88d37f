import { HoldfastError } from '@/lib/core/holdfast-error'

/** How long a file system may take for what costs it nothing, such as to tell what a folder is. */
export const answerWithinMs = 20_000

const hanging = new Map<string, Promise<unknown>>()

/**
 * Waits for a look at a folder, and leaves it when the time is over: a dead network mount answers no system call, and
 * none can be taken back. It keeps one of the few threads that this process has for files (and for names of hosts), so
 * as long as it hangs no other is spent on the same folder: that fails at once.
 */
export async function answerInTime<T>(folder: string, work: () => Promise<T>, timeoutMs = answerWithinMs): Promise<T> {
  if (hanging.has(folder)) throw silent(folder)
  const working = work()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const ended = working.catch(() => undefined).finally(() => hanging.delete(folder))
      hanging.set(folder, ended)
      reject(silent(folder))
    }, timeoutMs)
  })
  try {
    return await Promise.race([working, late])
  } finally {
    clearTimeout(timer)
  }
}

function silent(folder: string): HoldfastError {
  return new HoldfastError('storage-unreachable', `The file system of ${folder} does not answer.`, {
    remedy: 'Most often it is a network mount whose server is away: check the mount, and the server behind it.',
    facts: { path: folder },
    transient: true,
  })
}
