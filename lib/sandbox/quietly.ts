import type { Logger } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const logger: Logger = { ...silent, child: () => logger }

/** Runs a program whose outcome shows elsewhere, also while a run is being aborted. */
export async function quietly(command: string[]): Promise<void> {
  const [file = '', ...args] = command
  const running = runCommand({ file, args, cwd: '/' }, { signal: new AbortController().signal, logger })
  running.stdout.resume()
  await running.exited.catch(() => undefined)
}
