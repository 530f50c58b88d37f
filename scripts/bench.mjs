#!/usr/bin/env node
// `npm run bench`: Holdfast beside the plain tools, on real servers of its own. See docs/performance.md.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { report } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { say } from './bootstrap/say.mjs'
import { installForTests } from './testing/install.mjs'
import { serverBin, startPostgresServer } from './testing/postgres-server.mjs'
import { startS3Server } from './testing/s3-server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const running = []
const stopping = new AbortController()

/** The programs of the benchmark: itself, and the plain S3 clients that run as processes of their own. */
async function bundle() {
  const esbuild = await import('esbuild')
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      'bench/main.ts',
      'bench/upload.ts',
      'bench/upload-folder.ts',
      'bench/download.ts',
      'bench/ask-health.ts',
    ],
    outdir: 'dist/bench',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    logLevel: 'error',
  })
  await esbuild.stop()
}

async function startServers() {
  // Objects are kept in memory as long as they fit beside the rest: a disk would measure itself.
  if (Number(process.env.HOLDFAST_BENCH_MB ?? 2048) > 4096) process.env.STORE ??= 'bluestore'
  const started = await Promise.allSettled([startPostgresServer(), startS3Server(root)])
  for (const result of started) if (result.status === 'fulfilled') running.push(result.value)
  const refused = started.find((result) => result.status === 'rejected')
  if (refused) throw refused.reason
  return Object.assign({}, ...running.map((server) => server.environment))
}

/** The machine's own settings for clouds, proxies and PostgreSQL must not reach what is measured. */
function cleanEnvironment() {
  const foreign =
    /^(AWS_|HTTPS?_PROXY$|ALL_PROXY$|NO_PROXY$|PG[A-Z]+$|DATABASE_URL$|NODE_|npm_|HOLDFAST_(?!BENCH_|TEST_))/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

async function main() {
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await installForTests({ browser: false, s3: true, bench: true })
  await build(root, { web: process.env.HOLDFAST_BENCH_ATTACKS !== '0' })
  await bundle()
  say('Starting PostgreSQL for the catalog and S3')
  const servers = await startServers()
  if (stopping.signal.aborted) return 1
  const env = { ...cleanEnvironment(), ...servers, HOLDFAST_BENCH_PG_BIN: serverBin() }
  // Lists and overview are measured in this very process, so it runs as the web does.
  const { webHeapFlags } = await import('./supervise/web-heap.ts')
  const args = [...webHeapFlags, path.join(root, 'dist/bench/main.mjs')]
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
  const stop = () => child.kill('SIGTERM')
  stopping.signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
main()
  .catch((error) => {
    report(error)
    return 1
  })
  .then(async (code) => {
    await Promise.allSettled(running.map((server) => server.stop()))
    process.exit(code)
  })
