import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ClassTransition, Storage } from '@/lib/ports/storage'

/**
 * What holds for every driver: keys are plain relative paths, nothing starts after an abort, and an operation that an
 * abort interrupted rejects with the signal's reason, whatever error the driver saw.
 */
export function checkCalls(storage: Storage): Storage {
  const safetyNet = storage.ensureSafetyNet?.bind(storage)
  const space = storage.space?.bind(storage)
  const checkPlace = storage.checkPlace?.bind(storage)
  const transitions = storage.ensureTransitions?.bind(storage)
  const thaw = storage.thaw?.bind(storage)
  return {
    kind: storage.kind,
    get features() {
      return storage.features
    },
    put: (key, body, options, run) =>
      checked(run, () => storage.put(checkKey(key), body, options, run)).catch((error: unknown) => {
        // The producer must notice even when the driver failed before it read a byte.
        body.destroy()
        throw error
      }),
    get: (key, range, run) => checked(run, () => storage.get(checkKey(key), range, run)),
    head: (key, run) => checked(run, () => storage.head(checkKey(key), run)),
    async *list(prefix, run) {
      run.signal.throwIfAborted()
      checkPrefix(prefix)
      for await (const object of storage.list(prefix, run)) {
        run.signal.throwIfAborted()
        yield object
      }
    },
    delete: (keys, run) => checked(run, () => storage.delete(keys.map(checkKey), run)),
    abortUploads: (prefix, run) => checked(run, () => storage.abortUploads(checkPrefix(prefix), run)),
    probe: (run) => checked(run, () => storage.probe(run)),
    ...(checkPlace ? { checkPlace: (run: RunContext) => checked(run, () => checkPlace(run)) } : {}),
    ...(space ? { space: (run: RunContext) => checked(run, () => space(run)) } : {}),
    ...(safetyNet
      ? {
          ensureSafetyNet: (expireAfterDays: number | null, run: RunContext) =>
            checked(run, () => safetyNet(expireAfterDays, run)),
        }
      : {}),
    ...(transitions
      ? {
          ensureTransitions: (wanted: ClassTransition[], run: RunContext) =>
            checked(run, () => transitions(wanted, run)),
        }
      : {}),
    ...(thaw
      ? {
          thaw: (keys: string[], days: number, run: RunContext) =>
            checked(run, () => thaw(keys.map(checkKey), days, run)),
        }
      : {}),
    close: () => storage.close(),
  }
}

async function checked<T>(run: RunContext, operation: () => Promise<T>): Promise<T> {
  run.signal.throwIfAborted()
  try {
    return await operation()
  } catch (error) {
    run.signal.throwIfAborted()
    throw error
  }
}

/** Refuses what could leave the destination's own root or be two names of one object. */
export function checkKey(key: string): string {
  const segments = key.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..') || hasControl(key)) {
    throw new HoldfastError('storage-failed', `"${key}" is not a valid object key`, { facts: { key } })
  }
  return key
}

function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(prefix.replace(/\/$/, ''))
  return prefix
}

function hasControl(key: string): boolean {
  return key.includes('\\') || [...key].some((character) => character < ' ' || character === '\x7f')
}
