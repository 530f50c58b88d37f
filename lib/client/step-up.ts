import type { Problem } from '@/lib/contracts/common'

/** Shows the person what is asked of them; true once they have shown who they are. */
type Asker = (problem: Problem) => Promise<boolean>

let asker: Asker | null = null
let asking: Promise<boolean> | null = null

/** Names who asks: one dialog for the whole page. The answer takes it back. */
export function askStepUpWith(ask: Asker): () => void {
  asker = ask
  return () => {
    if (asker === ask) asker = null
  }
}

/** Asks the person once, however many requests wait for the answer. False where nobody can ask. */
export function askStepUp(problem: Problem): Promise<boolean> {
  if (!asker) return Promise.resolve(false)
  asking ??= asker(problem).finally(() => {
    asking = null
  })
  return asking
}
