import type { PolicyView } from '../../contracts/policy'

/** What a person should know of the change from one view to the other, in words. */
export function compareViews(before: PolicyView | null, after: PolicyView | null): string[] {
  if (before === null && after === null) return []
  if (before === null && after !== null)
    return [`It gets a schedule: ${timing(after)}, ${places(after)}, ${keeps(after)}.`]
  if (before !== null && after === null)
    return [`Its schedule is deleted: nothing starts by it any more (${timing(before)}).`]
  if (before === null || after === null) return []
  const words: string[] = []
  if (before.cron !== after.cron || before.timeZone !== after.timeZone) {
    words.push(`Runs at ${timing(after)} instead of ${timing(before)}.`)
  }
  const added = after.destinations.filter((name) => !before.destinations.includes(name))
  const dropped = before.destinations.filter((name) => !after.destinations.includes(name))
  if (added.length > 0) words.push(`Also stored in ${added.join(', ')}.`)
  if (dropped.length > 0) words.push(`No longer stored in ${dropped.join(', ')}; what is there stays until retention.`)
  if (before.kind !== after.kind) words.push(`Takes ${kindOf(after)} instead of ${kindOf(before)}.`)
  if (before.retention !== after.retention) words.push(`${capital(keeps(after))} instead of: ${keeps(before)}.`)
  return words
}

const timing = (view: PolicyView) => `${view.cron} ${view.timeZone}`
const places = (view: PolicyView) =>
  view.destinations.length > 0 ? `stored in ${view.destinations.join(', ')}` : 'stored where its other schedules say'
const kindOf = (view: PolicyView) => (view.kind === null ? 'backups of the usual kind' : `backups of kind ${view.kind}`)
const keeps = (view: PolicyView) => (view.retention === null ? 'keeps everything' : `keeps by "${view.retention}"`)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
