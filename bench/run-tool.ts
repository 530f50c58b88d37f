import { spawn } from 'node:child_process'
import { exactEnvironment } from '@/lib/process/exact-environment'

export interface ToolOptions {
  env?: Record<string, string>
  uid?: number | undefined
  gid?: number | undefined
  cwd?: string
  /** In a process group of its own, so that a whole pipe can be ended by `-pid`. */
  detached?: boolean
  /** Hears the process id once it runs. */
  onStart?: (pid: number) => void
}

/** Runs a program to its end and answers what it wrote. Rejects with its last words when it fails. */
export function runTool(file: string, args: string[], options: ToolOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { env, onStart, ...rest } = options
    const child = spawn(file, args, {
      ...rest,
      env: exactEnvironment({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (child.pid !== undefined) onStart?.(child.pid)
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.stderr.on('data', (chunk) => (errors = (errors + String(chunk)).slice(-4_000)))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${file} ended with ${signal ?? `code ${code}`}: ${errors.trim()}`))
    })
  })
}
