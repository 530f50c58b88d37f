import { isLogFile } from './check-request'
import { FairLane } from './fair-lane'

/**
 * Everything is answered by one thread. What anybody may ask for without signing in is therefore done a few at a time,
 * apart from the work of those who are, and so is checking passwords; asking whether the instance is up waits for neither.
 */
export function makeLanes(): (method: string, path: string) => FairLane {
  const health = new FairLane({ atOnce: 4, atOncePerClient: 4, waiting: 512, waitingPerClient: 128 })
  const passwords = new FairLane({ atOnce: 16, atOncePerClient: 2, waiting: 256, waitingPerClient: 64 })
  const open = new FairLane({ atOnce: 2, atOncePerClient: 1, waiting: 512, waitingPerClient: 256 })
  const work = new FairLane({ atOnce: 16, atOncePerClient: 16, waiting: 1_024, waitingPerClient: 512 })
  // Each holds a segment in memory, and a place for as long as its client takes to send it.
  const files = new FairLane({ atOnce: 4, atOncePerClient: 2, waiting: 128, waitingPerClient: 64 })
  return (method, path) => {
    if (isLogFile(method, path)) return files
    if (isHealth(method, path)) return health
    if (method === 'POST' && /^\/api\/(auth\/callback\/|v1\/setup$|v1\/invitations\/)/.test(path)) return passwords
    return /^\/(admin|api\/v1|_next|metrics)(\/|$)/.test(path) ? work : open
  }
}

/** Requested by load balancers under any address: it reveals only that the instance is up. */
export function isHealth(method: string, path: string): boolean {
  return (method === 'GET' || method === 'HEAD') && path === '/api/v1/health'
}
