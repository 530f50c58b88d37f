import { jitterMs } from './jitter'
import { windowOpensAt, type WorkWindow } from './work-window'

export interface StartRules {
  jitterSeconds: number
  window: WorkWindow | null
}

/** When an occurrence may begin, and in words why not at once. */
export interface PlannedStart {
  /** Null: at once. */
  startAfter: Date | null
  waitReason: string | null
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** `22:00 to 06:00 (Mon, Tue)`. */
export function windowWords(window: WorkWindow): string {
  const days = window.days.length % 7 === 0 ? '' : ` (${window.days.map((day) => dayNames[day]).join(', ')})`
  return `${window.from} to ${window.to}${days}`
}

/**
 * When the occurrence of a schedule begins: at its time plus jitter, and not outside the window. `dueAt` null is a run
 * that makes up for missed ones: it is late already and only waits for the window.
 */
export function planStart(
  rules: StartRules,
  occurrence: { scheduleId: string; dueAt: Date | null; timeZone: string },
  now: Date,
): PlannedStart {
  const { dueAt } = occurrence
  const spread = dueAt ? new Date(dueAt.getTime() + jitterMs(occurrence.scheduleId, dueAt, rules.jitterSeconds)) : now
  const earliest = spread > now ? spread : now
  const opens = rules.window ? windowOpensAt(rules.window, occurrence.timeZone, earliest) : earliest
  if (rules.window && opens > earliest) {
    return {
      startAfter: opens,
      waitReason: `It waits for its window, ${windowWords(rules.window)} ${occurrence.timeZone}.`,
    }
  }
  if (earliest > now) {
    return { startAfter: earliest, waitReason: 'Its start is spread, so that not everything starts at once.' }
  }
  return { startAfter: null, waitReason: null }
}
