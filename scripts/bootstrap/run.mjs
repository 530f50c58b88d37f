import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

/**
 * Runs a program quietly and answers what it wrote. When it fails, the error has its name and all that it wrote:
 * explain.mjs makes a line of it, and fail.mjs keeps the rest.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    let output = ''
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.once('error', (error) => reject(Object.assign(error, { program, output })))
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const ended = `${program} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`
      reject(Object.assign(new Error(ended), { program, output: stripVTControlCharacters(output) }))
    })
  })
}
