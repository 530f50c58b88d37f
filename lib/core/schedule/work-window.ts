import { fromWall, toWall } from './wall-clock'

/** When work may begin: from and to as `HH:MM` of the zone, and the days (0 is Sunday) on which the window opens. */
export interface WorkWindow {
  from: string
  to: string
  days: number[]
}

const dayMs = 86_400_000
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/**
 * The first instant, not before `at`, at which work may begin. A window that ends at or before its start goes on past
 * midnight and belongs to the day it opened on; from 00:00 to 00:00 is the whole day.
 */
export function windowOpensAt(window: WorkWindow, timeZone: string, at: Date): Date {
  const today = Math.floor(toWall(at.getTime(), timeZone) / dayMs) * dayMs
  const from = minutesOf(window.from) * 60_000
  const length = (minutesOf(window.to) * 60_000 - from + dayMs) % dayMs || dayMs
  for (let day = -1; day <= 8; day += 1) {
    const start = today + day * dayMs
    if (window.days.length > 0 && !window.days.includes(new Date(start).getUTCDay())) continue
    const opens = instantOf(start + from, timeZone, 'first')
    const closes = instantOf(start + from + length, timeZone, 'last')
    if (closes <= at.getTime()) continue
    return opens <= at.getTime() ? at : new Date(opens)
  }
  return at
}

function instantOf(wall: number, timeZone: string, which: 'first' | 'last'): number {
  const { instants, shifted } = fromWall(wall, timeZone)
  return (which === 'first' ? instants[0] : instants.at(-1)) ?? shifted
}
