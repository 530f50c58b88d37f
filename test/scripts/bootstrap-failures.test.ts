import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { processKey } from '@/scripts/supervise/process-key'
import { type CheckoutCopy, copyCheckout } from '../helpers/checkout-copy'
import { startHttpReceiver } from '../helpers/servers/http-receiver'
import { tempDir } from '../helpers/temp'

/** One thing that goes wrong on a newcomer's machine. */
interface Failure {
  name: string
  packages: boolean
  /** What is run; `start.mjs` when left out. */
  args?: string[]
  /** Breaks the copy; answers what the run is given. */
  spoil?(copy: CheckoutCopy, dir: string): Record<string, string> | void
  /** What the line says, with what to do. */
  line: RegExp
  /** What the kept file has; null when the line is all there is. */
  kept: RegExp | null
}

const failures: Failure[] = [
  {
    name: 'the registry cannot be reached',
    packages: false,
    spoil: () => ({ npm_config_registry: 'http://reader:not-for-a-log@127.0.0.1:1' }),
    line: /packages could not be installed.*http:\/\/127\.0\.0\.1:1 cannot be reached \(nothing listens there, ECONNREFUSED\)\. Check the network, the proxy/,
    kept: /npm (error|ERR!) code ECONNREFUSED[^]*\n.*\sat /,
  },
  {
    name: 'npm is not on PATH',
    packages: false,
    spoil: (_, dir) => ({ PATH: dir }),
    line: /packages could not be installed.*the program npm cannot be run\. Install Node 24 with npm/,
    kept: /spawn npm ENOENT/,
  },
  {
    name: 'node_modules is a file',
    packages: false,
    spoil: (copy) => writeFileSync(path.join(copy.root, 'node_modules'), 'mine'),
    line: /node_modules is not a folder\. Remove it and try again\.$/,
    kept: null,
  },
  {
    name: 'package-lock.json is missing',
    packages: false,
    spoil: (copy) => rmSync(path.join(copy.root, 'package-lock.json')),
    line: /The file \S+package-lock\.json is missing\. "git status" shows .* or clone again/,
    kept: /ENOENT[^]*\n\s+at /,
  },
  {
    name: 'package-lock.json is broken',
    packages: false,
    spoil: (copy) => writeFileSync(path.join(copy.root, 'package-lock.json'), '<<<<<<< HEAD\n{'),
    line: /package-lock\.json is broken\. "git status" shows .* or clone again/,
    kept: /SyntaxError/,
  },
  {
    name: 'a bundled source has a syntax error',
    packages: true,
    args: ['start.mjs', '--dev'],
    spoil: (copy) => writeFileSync(path.join(copy.root, 'worker/main.ts'), 'const one = 1\nconst = 2\n'),
    line: /could not be bundled: worker\/main\.ts:2: Expected identifier.*"git status" shows/,
    kept: /worker\/main\.ts:2:6: ERROR/,
  },
  {
    name: 'a bundled source is missing',
    packages: true,
    args: ['start.mjs', '--dev'],
    spoil: (copy) => rmSync(path.join(copy.root, 'scripts/supervise/home.ts')),
    line: /could not be bundled: scripts\/supervise\/main\.ts:\d+: Could not resolve "\.\/home".*"git restore \."/,
    kept: /Could not resolve/,
  },
  {
    name: 'a package is missing in node_modules',
    packages: true,
    args: ['start.mjs', '--dev'],
    spoil: (copy) => rmSync(path.join(copy.root, 'node_modules/esbuild')),
    line: /The package esbuild is missing\. Remove the folder node_modules and try again\./,
    kept: /ERR_MODULE_NOT_FOUND[^]*\n\s+at |\n\s+at /,
  },
  {
    name: 'PORT is no port',
    packages: false,
    spoil: () => ({ PORT: 'http' }),
    line: /PORT=http is not a port number.*Choose one: PORT=3000 npm start$/,
    kept: null,
  },
  {
    name: 'HOST is no address of this machine',
    packages: false,
    spoil: () => ({ HOST: '192.0.2.1' }),
    line: /HOST=192\.0\.2\.1 is no address of this machine\. Choose one, or leave HOST out\.$/,
    kept: null,
  },
  {
    name: 'an option is unknown',
    packages: false,
    args: ['start.mjs', '--dmeo'],
    line: /Unknown option --dmeo\. Leave it out; known are --demo and --dev\.$/,
    kept: null,
  },
  {
    name: 'the data folder is below a file',
    packages: true,
    args: ['start.mjs', '--dev'],
    spoil: (_, dir) => {
      writeFileSync(path.join(dir, 'file'), '')
      return { HOLDFAST_HOME: path.join(dir, 'file/home') }
    },
    line: /The data folder \S+file\/home cannot be written \(a part of its path is a file\)\..* set HOLDFAST_HOME to another/,
    kept: null,
  },
  {
    name: 'nobody answers at DATABASE_URL',
    packages: true,
    args: ['start.mjs', '--dev'],
    spoil: () => ({ DATABASE_URL: 'postgresql://me:not-for-a-log@127.0.0.1:1/catalog' }),
    line: /DATABASE_URL: 127\.0\.0\.1:1\/catalog cannot be used: nothing listens there\. Mend it, or unset DATABASE_URL/,
    kept: /ECONNREFUSED/,
  },
]

/** Expects one line with what to do and no stack, and answers the line. */
function onlyLine(ended: { exitCode: number | null; stdout: string; stderr: string }): string {
  expect(ended.exitCode, ended.stderr).toBe(1)
  expect(ended.stderr).toMatch(/^✗ [^\n]+\n$/)
  expect(ended.stdout).not.toMatch(/✗|^\s+at /m)
  return ended.stderr.trim()
}

/** What the file has that the line names. */
function keptBy(line: string, dir: string): string | null {
  const file = / All of it: (\S+)$/.exec(line)?.[1]
  if (file === undefined) return null
  expect(file.startsWith(path.join(dir, 'temp/holdfast-failed-'))).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  return readFileSync(file, 'utf8')
}

describe('a start that cannot go on ends in one line with why and what to do', () => {
  it.each(failures)('when $name', async ({ packages, args = ['start.mjs'], spoil, line: wanted, kept }) => {
    await using dir = await tempDir('bootstrap')
    const copy = await copyCheckout(dir.path, { packages })
    const env = spoil?.(copy, dir.path) ?? {}
    const line = onlyLine(await copy.run(args, { env }))
    const file = keptBy(line, dir.path)
    expect(line.replace(/ All of it: \S+$/, '')).toMatch(wanted)
    if (kept === null) expect(file).toBeNull()
    else expect(file).toMatch(kept)
    expect(`${line}${file}`).not.toContain('not-for-a-log')
  })

  it('when the registry does not have a package', async () => {
    await using dir = await tempDir('bootstrap')
    await using registry = await startHttpReceiver()
    registry.answer = (_, response) => void response.writeHead(404).end('{"error":"Not found"}')
    const copy = await copyCheckout(dir.path, { packages: false })
    const line = onlyLine(await copy.run(['start.mjs'], { env: { npm_config_registry: registry.url } }))
    expect(registry.requests.length).toBeGreaterThan(0)
    expect(line).toContain(`the registry ${registry.url} does not have holdfast-left-out`)
    expect(line).toContain('Check the network, the proxy and "npm config get registry", then try again.')
    expect(keptBy(line, dir.path)).toMatch(/code E404/)
  })

  it('when this user may not write to the checkout', async () => {
    await using dir = await tempDir('bootstrap')
    const copy = await copyCheckout(dir.path, { packages: false })
    chmodSync(copy.root, 0o555)
    const line = onlyLine(await copy.run(['start.mjs'], { bound: true }))
    chmodSync(copy.root, 0o755)
    expect(line).toMatch(
      /this user may not write or read \S+\/checkout\/node_modules\. Give it to this user \(chown -R\)/,
    )
    expect(keptBy(line, dir.path)).toMatch(/code EACCES/)
  })

  it('when the port is taken', async () => {
    await using dir = await tempDir('bootstrap')
    const copy = await copyCheckout(dir.path, { packages: false })
    await using other = await startHttpReceiver()
    const { port } = new URL(other.url)
    const line = onlyLine(await copy.run(['start.mjs'], { env: { PORT: port } }))
    expect(line).toMatch(new RegExp(`^✗ Port ${port} is in use\\. Choose another one: PORT=\\d+ npm start$`))
  })

  it('when Holdfast runs on that home already', async () => {
    await using dir = await tempDir('bootstrap')
    const copy = await copyCheckout(dir.path, { packages: false })
    mkdirSync(path.join(dir.path, 'home/run'), { recursive: true })
    writeFileSync(path.join(dir.path, 'home/run/supervisor.lock'), `${process.pid}\n${processKey(process.pid)}\n`)
    const line = onlyLine(await copy.run(['start.mjs']))
    expect(line).toMatch(
      /^✗ Holdfast already runs on \S+ \(process \d+\)\. Stop it first, or set another HOLDFAST_HOME\.$/,
    )
  })

  it('and the tests, too, which still end with their count', async () => {
    await using dir = await tempDir('bootstrap')
    const copy = await copyCheckout(dir.path, { packages: false })
    const ended = await copy.run(['test.mjs', 'unit'])
    const line = onlyLine(ended)
    expect(line).toMatch(/packages could not be installed.* cannot be reached .*, then try again\./)
    expect(ended.stdout.trim().split('\n').at(-1)).toBe('0 passed, 1 failed')
    expect(keptBy(line, dir.path)).toMatch(/code ECONNREFUSED/)
  })
})
