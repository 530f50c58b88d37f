import type { Logger } from '@/lib/ports/run-context'

/** For commands that say everything in their answer. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}
