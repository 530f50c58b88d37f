import { setTimeout as sleep } from 'node:timers/promises'
import { toFailure } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '@/lib/services/context'
import { getStatus } from '@/lib/services/status/get-status'
import { isCatalogAway } from '../is-catalog-away'
import { dashboardText } from './status-text'

const everyMs = 2_000

/**
 * `status --watch`: the dashboard anew every two seconds until Ctrl-C. A terminal is redrawn in place; into a file or a
 * pipe each picture is written below the last, without control characters (`json`: one line each).
 */
export async function watchStatus(ctx: ServiceContext, json: boolean): Promise<void> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const terminal = process.stdout.isTTY && !json
  // The reader of the pipe may go away: then there is nobody to draw for.
  process.stdout.once('error', stop)
  try {
    while (!stopping.signal.aborted) {
      draw(await picture(ctx, json, terminal ? process.stdout.rows : Infinity), terminal)
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    if (terminal) process.stdout.write('\n')
  } finally {
    process.stdout.off('error', stop)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop)
  }
}

async function picture(ctx: ServiceContext, json: boolean, rows: number): Promise<string> {
  try {
    const state = await getStatus({ ctx })
    return json ? JSON.stringify(state) : dashboardText(state, rows)
  } catch (error) {
    if (!isCatalogAway(error)) throw error
    return json ? JSON.stringify({ error: toFailure(error) }) : 'The catalog does not answer; trying again.'
  }
}

function draw(text: string, terminal: boolean): void {
  if (!terminal) {
    process.stdout.write(`${text}\n\n`)
    return
  }
  const width = process.stdout.columns
  const lines = text.split('\n').map((line) => `${line.slice(0, width)}\u001b[K`)
  // From the top left corner over what was there: clearing first would flicker.
  process.stdout.write(`\u001b[H${lines.join('\n')}\u001b[J`)
}
