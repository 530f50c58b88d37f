/** Tells the person that the session has ended, and lets them sign in where they are; true once they have. */
type Asker = () => Promise<boolean>

let asker: Asker | null = null
let asking: Promise<boolean> | null = null

/** Names who asks: one dialog for the whole page. The answer takes it back. */
export function askSignInWith(ask: Asker): () => void {
  asker = ask
  return () => {
    if (asker === ask) asker = null
  }
}

/** Asks the person once, however many requests wait for the answer. False where nobody can ask. */
export function askSignIn(): Promise<boolean> {
  if (!asker) return Promise.resolve(false)
  asking ??= asker().finally(() => {
    asking = null
  })
  return asking
}

/**
 * Whether the same person is signed in now. Somebody else's page is loaded anew: nothing that was typed or read by the one
 * before may be left to them.
 */
export async function isSameViewer(email: string): Promise<boolean> {
  const response = await fetch('/api/v1/me', { cache: 'no-store' }).catch(() => null)
  if (!response?.ok) return false
  const me: { email: string | null } = await response.json()
  if (me.email === email) return true
  window.location.reload()
  return false
}
