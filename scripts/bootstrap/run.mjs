import { spawn } from 'node:child_process'

/** Runs a program quietly; its last output is told only when it fails. */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    let tail = ''
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-8000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(tail)
      const last = tail.trim().split('\n').slice(-25).join('\n')
      reject(
        Object.assign(new Error(`${file} ${args.join(' ')} ended with ${signal ?? `code ${code}`}\n${last}`), { tail }),
      )
    })
  })
}
