import { text } from 'node:stream/consumers'
import type { Logger } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const logger: Logger = { ...silent, child: () => logger }

/** Runs a program whose outcome shows elsewhere, also while a run is being aborted. */
export async function quietly(command: string[]): Promise<void> {
  await output(command)
}

/** What such a program says, which is nothing or part of it when it fails. */
export async function output(command: string[]): Promise<string> {
  const [file = '', ...args] = command
  const running = runCommand({ file, args, cwd: '/' }, { signal: new AbortController().signal, logger })
  const [said] = await Promise.all([text(running.stdout).catch(() => ''), running.exited.catch(() => undefined)])
  return said
}
