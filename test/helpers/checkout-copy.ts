import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from './servers/ports'

const root = path.resolve(import.meta.dirname, '../..')

export interface CheckoutCopy {
  /** The copy. */
  root: string
  /** Runs a script of the copy, as `npm start` and `npm test` do, with nothing of this machine's npm. */
  run(args: string[], options?: RunOptions): Promise<Ended>
}

interface RunOptions {
  env?: Record<string, string>
  /** As root without the right to write where the modes forbid it; an ordinary user has none anyway. */
  bound?: boolean
}

interface Ended {
  exitCode: number | null
  stdout: string
  stderr: string
}

/**
 * What a start needs of this checkout, to be broken. `packages`: with the installed ones, linked one by one so that
 * nothing is ever installed into the real folder; without, a lock whose only package is on no registry.
 */
export async function copyCheckout(dir: string, options: { packages: boolean }): Promise<CheckoutCopy> {
  const copy = path.join(dir, 'checkout')
  for (const name of ['scripts', 'package.json', 'package-lock.json']) copyInto(copy, name)
  if (options.packages) {
    for (const name of ['lib', 'worker', 'prisma', 'tsconfig.json']) copyInto(copy, name)
    linkPackages(copy)
  } else {
    writeFileSync(path.join(copy, 'package.json'), JSON.stringify(wanting))
    writeFileSync(path.join(copy, 'package-lock.json'), JSON.stringify({ ...wanting, ...lockOf(wanting) }))
  }
  const temp = path.join(dir, 'temp')
  mkdirSync(temp)
  const port = await freePort()
  return {
    root: copy,
    run: ([script = '', ...args], { env = {}, bound = false } = {}) =>
      end(path.join(copy, 'scripts', script), args, {
        cwd: copy,
        bound,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: dir,
          TMPDIR: temp,
          NO_COLOR: '1',
          NODE_ENV: 'production',
          HOLDFAST_NO_INSTALL: '1',
          HOLDFAST_HOME: path.join(dir, 'home'),
          PORT: String(port),
          npm_config_cache: path.join(dir, 'cache'),
          npm_config_fetch_retries: '0',
          npm_config_registry: 'http://127.0.0.1:1',
          ...env,
        },
      }),
  }
}

const wanting = { name: 'holdfast', version: '0.1.0', type: 'module', dependencies: { 'holdfast-left-out': '1.0.0' } }
const lockOf = ({ dependencies, ...rest }: typeof wanting) => ({
  lockfileVersion: 3,
  requires: true,
  packages: { '': { ...rest, dependencies }, 'node_modules/holdfast-left-out': { version: '1.0.0' } },
})

function copyInto(copy: string, name: string): void {
  cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
}

function linkPackages(copy: string): void {
  const folder = path.join(copy, 'node_modules')
  mkdirSync(folder)
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    if (name !== '.holdfast-lock') symlinkSync(path.join(root, 'node_modules', name), path.join(folder, name))
  }
  // The mark of an install that is complete.
  const code = `import { hashFiles } from './scripts/bootstrap/hash-files.mjs'; process.stdout.write(hashFiles('.', ['package-lock.json']))`
  const hash = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: copy })
  writeFileSync(path.join(folder, '.holdfast-lock'), hash)
}

function end(
  script: string,
  args: string[],
  options: { cwd: string; env: Record<string, string>; bound: boolean },
): Promise<Ended> {
  const { bound, cwd, env } = options
  const command = [process.execPath, script, ...args]
  const as = bound && process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []
  const [program = '', ...rest] = [...as, ...command]
  const child = spawn(program, rest, { cwd, env: { ...env, NODE_ENV: 'production' } })
  const ended: Ended = { exitCode: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ ...ended, exitCode }))
  })
}
