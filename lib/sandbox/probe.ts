import { closeSync, openSync, readlinkSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { ProbeFindings } from '@/lib/core/sandbox/grade-confinement'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { KeepOut } from '@/lib/ports/sandbox'
import { runCommand } from '@/lib/process/run-command'
import { startedAt } from '@/lib/process/started-at'
import { probeScript } from './probe-script'

const limitMs = 20_000
const answerLimit = 1_000_000

const answerSchema = z.object({
  reached: z.array(z.string()),
  network: z.boolean(),
  namespaces: z.array(z.string()),
  processesSeen: z.number(),
  noNewPrivileges: z.boolean(),
  withoutCapabilities: z.boolean(),
})

/**
 * Runs a small program as restored code will be run, and lets it try to reach what belongs to Holdfast: the files and processes
 * named, Unix sockets, and a port that is open for the moment. Rejects when it cannot be run at all.
 */
export async function probe(
  confine: (spec: CommandSpec) => CommandSpec,
  keepOut: KeepOut,
  byDescriptor: boolean,
  run: Pick<RunContext, 'signal' | 'logger'>,
): Promise<ProbeFindings> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-probe-'))
  const listeners: Server[] = []
  // The program may lie where its user cannot go, as below a private home: then it is handed over, opened.
  const program = byDescriptor ? openSync(process.execPath, 'r') : null
  let handedOver = false
  try {
    const path = join(folder, 'socket')
    listeners.push(await listen({ path }), await listen({ port: 0, host: '127.0.0.1' }))
    const address = listeners[1]?.address()
    const paths = [...keepOut.paths, folder]
    const pids = [...keepOut.pids, process.pid]
    const sockets = [...keepOut.sockets, path]
    const ask = {
      paths,
      sockets,
      processes: pids.map((pid) => ({ pid, started: startedAt(pid) ?? '' })),
      namespaces: ownNamespaces(),
      port: typeof address === 'object' && address ? address.port : 0,
    }
    const limited = { ...run, signal: AbortSignal.any([run.signal, AbortSignal.timeout(limitMs)]) }
    const file = program === null ? process.execPath : '/proc/self/fd/0'
    const args = ['--max-old-space-size=64', '-e', probeScript, '--', JSON.stringify(ask)]
    const spec = confine({ file, args, ...(program === null ? {} : { stdin: program }) })
    const command = runCommand(spec, limited)
    handedOver = true
    let text = ''
    for await (const chunk of command.stdout) {
      text += String(chunk)
      if (text.length > answerLimit) throw new Error('the probe answers without end')
    }
    await command.exited
    const tried = paths.length + pids.length + sockets.length
    return { ...answerSchema.parse(JSON.parse(text)), tried }
  } finally {
    if (program !== null && !handedOver) closeSync(program)
    for (const listener of listeners) listener.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function listen(where: { path: string } | { port: number; host: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen(where, () => resolve(server.unref()))
  })
}

function ownNamespaces(): Record<string, string> {
  const names = readdirSync('/proc/self/ns').filter((name) => !name.includes('_for_children'))
  return Object.fromEntries(names.map((name) => [name, readlinkSync(`/proc/self/ns/${name}`)]))
}
