import { catalogNow } from '@/lib/db/catalog-now'
import { createLogger } from '@/lib/process/create-logger'
import type { ServiceContext } from '@/lib/services/context'
import { deliverNotifications } from '@/lib/services/incident/deliver-notifications'
import { watchWorkers } from '@/lib/services/watch/watch-workers'
import { container } from './container'

const everyMs = 15_000
const logger = createLogger('web')
const holder: typeof globalThis & { holdfastWatch?: { stop(): void } | undefined } = globalThis

/**
 * The last one to watch: when no worker lives, nobody else would tell. The web process looks at them on a timer, and
 * while there is none it delivers the alerts too. Called once in the process; a second call changes nothing.
 * `waitingSince`: from when on a worker can be expected, since the web may be up before the first one.
 */
export function keepWatch(intervalMs = everyMs, waitingSince = new Date()): { stop(): void } {
  if (holder.holdfastWatch) return holder.holdfastWatch
  const stopping = new AbortController()
  let busy = false
  const look = async () => {
    const { context } = await container()
    const ctx: ServiceContext = { ...context, actor: { type: 'worker', id: 'web', role: 'admin' } }
    const silence = await watchWorkers({ ctx, now: await catalogNow(ctx.db), waitingSince })
    if (silence.alive === 0) await deliverNotifications({ ctx, signal: stopping.signal })
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    look()
      // An unreachable catalog is reported elsewhere; the next check finds it again.
      .catch((error: unknown) => logger.debug('the workers could not be looked at', { error: String(error) }))
      .finally(() => (busy = false))
  }, intervalMs)
  timer.unref()
  const watch = {
    stop() {
      stopping.abort()
      clearInterval(timer)
      holder.holdfastWatch = undefined
    },
  }
  holder.holdfastWatch = watch
  return watch
}
