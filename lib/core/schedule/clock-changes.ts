import { occurrences, type ClockEffect } from './occurrences'
import { offsetAt, toWall } from './wall-clock'

/** A moving of the clocks and what it means for a schedule. */
export interface ClockChange {
  at: Date
  /** Positive when clocks go forward. */
  byMinutes: number
  words: string
}

const dayMs = 86_400_000
const lookAheadDays = 370

/** The time of day on the clock of the zone, `HH:MM`. */
export function clockAt(instant: Date, timeZone: string): string {
  return new Date(toWall(instant.getTime(), timeZone)).toISOString().slice(11, 16)
}

/** With the day before it, `Sun 22:00`. */
export function dayAndClockAt(instant: Date, timeZone: string): string {
  const day = new Date(toWall(instant.getTime(), timeZone)).toUTCString().slice(0, 3)
  return `${day} ${clockAt(instant, timeZone)}`
}

/** One run's note. */
export function effectWords(effect: ClockEffect, at: Date, timeZone: string): string {
  const clock = clockAt(at, timeZone)
  switch (effect) {
    case 'skipped':
      return `Clocks go forward: its own time does not exist on this day, so it runs at ${clock}.`
    case 'twice-first':
      return `Clocks go back: ${clock} comes twice on this day; it runs the first time only.`
    case 'twice-again':
      return `Clocks go back: ${clock} comes twice on this day; it runs both times, and this is the second.`
  }
}

/** The next time the clocks of the zone are moved, within about a year, and what becomes of the runs of that day. */
export function nextClockChange(cron: string, timeZone: string, from: Date): ClockChange | null {
  const at = findChange(timeZone, from.getTime())
  if (at === null) return null
  const byMinutes = Math.round((offsetAt(at, timeZone) - offsetAt(at - 1, timeZone)) / 60_000)
  const moved = `the clocks go ${byMinutes > 0 ? 'forward' : 'back'} by ${Math.abs(byMinutes)} minutes`
  const affected: { effect: ClockEffect; at: Date }[] = []
  for (const { at: run, effect } of occurrences(cron, timeZone, new Date(at - dayMs / 4))) {
    if (run.getTime() > at + dayMs / 4) break
    if (effect) affected.push({ effect, at: run })
  }
  const first = affected[0]
  return {
    at: new Date(at),
    byMinutes,
    words: first
      ? `${moved}. ${effectWords(first.effect, first.at, timeZone)}`
      : `${moved}. Runs keep their time on the clock there; none is skipped or doubled.`,
  }
}

function findChange(timeZone: string, from: number): number | null {
  for (let day = 0; day < lookAheadDays; day += 1) {
    let low = from + day * dayMs
    let high = low + dayMs
    const before = offsetAt(low, timeZone)
    if (offsetAt(high, timeZone) === before) continue
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle, timeZone) === before) low = middle
      else high = middle
    }
    return high
  }
  return null
}
