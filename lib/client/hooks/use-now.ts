import { createContext, useContext, useSyncExternalStore } from 'react'

const tickMs = 5_000
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const notify of listeners) notify()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** When the server made the page, in ms: its own rendering and the browser's first must say the same. */
export const RenderedAtContext = createContext(0)

/**
 * The time now in ms, one clock for the whole page that ticks every five seconds. While the page is rendered on the server
 * and taken over by the browser it is the moment at which the server made it.
 */
export function useNow(): number {
  const renderedAt = useContext(RenderedAtContext)
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => renderedAt,
  )
}
