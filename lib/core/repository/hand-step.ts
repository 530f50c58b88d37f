/** One step of a restore by hand: what it does, and what to type into bash in the backup's folder. */
export interface HandStep {
  say: string
  run?: string
}

/** As lines of text: what is typed stands behind what it does. */
export function stepLines(steps: readonly HandStep[]): string[] {
  return steps.map(({ say, run }) => (run === undefined ? say : `${say}: ${run}`))
}
