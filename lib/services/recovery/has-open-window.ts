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
  const { identity, timeline, storedPosition } = stream
  if (identity === null || timeline === null) return true
  const method = logMethodOf(ctx, source)
  const { windows } = windowsOf(await readStoredLog(ctx.db, method, { sourceId: source.id, identity }))
  if (storedPosition === null) return windows.some((window) => window.timeline === timeline)
  const stored = method.order(storedPosition)
  return windows.some((window) => window.timeline === timeline && window.to >= stored)
}
