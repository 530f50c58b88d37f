import type { Engine } from '@/lib/ports/engine'
import type { Logger } from '@/lib/ports/run-context'

/** Tells at the start which client programs of this machine should be updated. Never rejects: it is only a word. */
export async function warnOfPrograms(engines: Iterable<Engine>, logger: Logger): Promise<void> {
  for (const engine of engines) {
    try {
      for (const { code, message, remedy } of await engine.programFindings()) logger.warn(message, { code, remedy })
    } catch (error) {
      logger.warn('the client programs could not be looked at', { engine: engine.name, error: String(error) })
    }
  }
}
