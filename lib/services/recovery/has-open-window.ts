import { windowsOf } from '@/lib/core/recovery/windows'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { readStoredLog } from './read-stored-log'

/** The newest stored point of a log that is followed can be reached; also true while nothing of it is stored yet. */
export async function hasOpenWindow(
  ctx: Pick<ServiceContext, 'db' | 'engine'>,
  source: { id: string; engine: string },
  stream: Pick<LogStreamModel, 'identity' | 'timeline' | 'storedPosition'>,
): Promise<boolean> {
  return (await openWindow(ctx, source, stream)).isOpen
}

/** The same, with where the window begins; null: there is none yet. */
export async function openWindow(
  ctx: Pick<ServiceContext, 'db' | 'engine'>,
  source: { id: string; engine: string },
  stream: Pick<LogStreamModel, 'identity' | 'timeline' | 'storedPosition'>,
): Promise<{ isOpen: boolean; from: Date | null }> {
  const { identity, timeline, storedPosition } = stream
  if (identity === null || timeline === null) return { isOpen: true, from: null }
  const method = logMethodOf(ctx, source)
  const { windows } = windowsOf(await readStoredLog(ctx.db, method, { sourceId: source.id, identity }))
  const stored = storedPosition === null ? null : method.order(storedPosition)
  const found = windows.findLast((window) => window.timeline === timeline && (stored === null || window.to >= stored))
  return { isOpen: found !== undefined, from: found?.fromTime ?? null }
}
