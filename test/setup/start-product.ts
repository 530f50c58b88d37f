import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const READY_WITHIN_MS = 300_000

export interface StartedProduct {
  home: string
  /** What the start printed so far. */
  lines: readonly string[]
  stop(): Promise<void>
}

/** Starts the product as `npm start` does on a home of its own; returns what stops it (Playwright's global setup). */
export default async function startForJourneys(): Promise<() => Promise<void>> {
  const { stop } = await startProduct({
    PORT: process.env.E2E_PORT,
    HOLDFAST_ADMIN_EMAIL: process.env.E2E_EMAIL,
    HOLDFAST_ADMIN_PASSWORD: process.env.E2E_PASSWORD,
    HOLDFAST_API_TOKEN: process.env.E2E_TOKEN,
  })
  return stop
}

export async function startProduct(settings: Record<string, string | undefined>): Promise<StartedProduct> {
  const root = path.resolve(import.meta.dirname, '../..')
  const home = mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-'))
  // The catalog's server runs as another user when we are root.
  chmodSync(home, 0o711)
  const product = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    detached: true,
    // The fourth is a pipe that closes when we end, however: the product then stops too.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NO_COLOR: '1',
      HOLDFAST_PARENT_FD: '3',
      HOLDFAST_HOME: home,
      HOST: '127.0.0.1',
      ...settings,
    },
  })
  const exited = new Promise<void>((resolve) => product.once('exit', () => resolve()))
  const lines: string[] = []
  const stop = async () => {
    product.kill('SIGTERM')
    await exited
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it was not ready in time')), READY_WITHIN_MS)
      const settle = (done: () => void) => {
        clearTimeout(timer)
        done()
      }
      for (const stream of [product.stdout, product.stderr]) {
        if (stream)
          createInterface({ input: stream }).on('line', (line) => {
            lines.push(line)
            if (line.includes('Ctrl-C stops everything')) settle(resolve)
          })
      }
      void exited.then(() => settle(() => reject(new Error('it ended'))))
    })
  } catch (error) {
    const log = (name: string) => tail(path.join(home, 'logs', `${name}.log`))
    const story = [...lines.slice(-20), 'web.log:', ...log('web'), 'worker.log:', ...log('worker')].join('\n')
    await stop()
    throw new Error(`The product did not start: ${error instanceof Error ? error.message : String(error)}\n${story}`)
  }
  return { home, lines, stop }
}

function tail(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-20)
  } catch {
    return ['(none)']
  }
}
