import { HoldfastError } from '@/lib/core/holdfast-error'
import { errorCode } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'

/**
 * Shuts a confined server down as `pg_ctl stop` does. What stands in front of it passes no signal on, and nothing else is where its
 * processes can be seen: the server has to be asked to do it itself. Its last checkpoint may take as long as the disk needs.
 */
export async function stopServer(source: SourceSpec, server: RunningCommand, run: RunContext): Promise<void> {
  const ask = withConnection(source, run.signal, (client) =>
    client.query(
      `COPY (SELECT 1 WHERE false) TO PROGRAM 'trap : TERM; read -r pid < postmaster.pid && kill -INT "$pid"'`,
    ),
  )
  // The server's first act is to end what its sessions run, which this is. The connection ends with the server, before or after it has answered.
  const asked = await ask.then(
    () => null,
    (error: unknown) => error,
  )
  run.signal.throwIfAborted()
  // An answer of the server's other than its end, or no connection at all.
  if (asked instanceof HoldfastError || /^(?!57P)[0-9A-Z]{5}$/.test(errorCode(asked))) throw notStopped(asked)
  await server.exited.catch((error: unknown) => {
    run.signal.throwIfAborted()
    throw notStopped(error)
  })
}

const notStopped = (cause: unknown) =>
  new HoldfastError('sandbox-unavailable', 'The server of the sandbox could not be shut down in order.', {
    remedy: 'Look at the memory and the disk of this machine, and test again.',
    cause,
  })
