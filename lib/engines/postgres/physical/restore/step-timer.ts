export type Timed = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Notes how long each step takes, in milliseconds by its name, also when it fails. */
export function stepTimer(steps: Record<string, number>): Timed {
  return async (name, work) => {
    const started = performance.now()
    try {
      return await work()
    } finally {
      steps[name] = Math.round(performance.now() - started)
    }
  }
}
