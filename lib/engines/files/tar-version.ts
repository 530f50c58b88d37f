import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'

/** The version of GNU tar on this machine; throws `client-missing` where there is none, or another tar. */
export async function tarVersion(run: Pick<RunContext, 'signal' | 'logger'>): Promise<string> {
  let text = ''
  try {
    const command = runCommand({ file: 'tar', args: ['--version'], env: { LC_ALL: 'C' } }, run)
    for await (const chunk of command.stdout) text += String(chunk)
    await command.exited
  } catch (error) {
    run.signal.throwIfAborted()
    if (!(error instanceof HoldfastError)) throw error
  }
  const version = /^tar \(GNU tar\) (\S+)/.exec(text)?.[1]
  if (version !== undefined) return version
  throw new HoldfastError('client-missing', 'GNU tar is not installed on the machine of the worker.', {
    remedy: 'Install it: apt-get install tar, or the package of your system that is called tar or gtar.',
  })
}
