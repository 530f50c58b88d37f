import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { hashFiles } from './hash-files.mjs'
import { run } from './run.mjs'
import { say, StartError } from './say.mjs'

const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'prisma',
  'proxy.ts',
  'instrumentation.ts',
  'package-lock.json',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
]
/** What is bundled for Node beside the web: name in dist/ to its entry. */
const ENTRIES = {
  supervisor: 'scripts/supervise/main.ts',
  'with-catalog': 'scripts/supervise/with-catalog.ts',
  'watch-parent': 'scripts/supervise/watch-parent.ts',
  web: 'lib/server/front/main.ts',
  worker: 'worker/main.ts',
  holdfast: 'worker/cli.ts',
  'wal-push': 'worker/wal-push.ts',
  'unpack-part': 'lib/engines/postgres/physical/restore/unpack-program.ts',
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null)

/** Everything that is made from sources, each only when its sources changed. */
export async function build(root, { web = true } = {}) {
  await generatePrisma(root)
  await bundle(root)
  if (web) await buildWeb(root)
}

async function generatePrisma(root) {
  const marker = path.join(root, 'lib/db/generated/.schema-hash')
  const want = hashFiles(root, ['prisma/schema.prisma', 'node_modules/@prisma/client/package.json'])
  if (read(marker) === want) return
  say('Generating the database client')
  // The generator needs no engine, but the CLI insists on one; /bin/false makes sure that nothing pretends to be it.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
  await run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: root, env }).catch((cause) => {
    throw new StartError('The database client could not be generated', { cause })
  })
  writeFileSync(marker, want)
}

/** Bundles the processes that Node runs (a fifth of a second, so always). Packages stay in node_modules. */
export async function bundle(root) {
  const esbuild = await import('esbuild')
  const present = Object.entries(ENTRIES).filter(([, entry]) => existsSync(path.join(root, entry)))
  mkdirSync(path.join(root, 'dist'), { recursive: true })
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(present),
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      packages: 'external',
      sourcemap: 'linked',
      logLevel: 'silent',
    })
  } catch (error) {
    throw new StartError('The worker could not be bundled', { cause: error })
  } finally {
    // Its service process would live as long as the product otherwise.
    await esbuild.stop()
  }
}

/**
 * `next build`, unless the last complete one had the same sources. The marker is removed first and written last: a build
 * that was interrupted or failed is redone from nothing, because Turbopack's cache keeps failures.
 */
async function buildWeb(root) {
  const out = path.join(root, '.next')
  const marker = path.join(out, 'holdfast-build')
  const want = hashFiles(root, SOURCES, (name) => name === 'lib/db/generated')
  if (read(marker) === want) return
  if (existsSync(marker)) rmSync(marker)
  else rmSync(out, { recursive: true, force: true })
  say('Building the web (about half a minute, only when something changed)')
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], { cwd: root, env }).catch((cause) => {
    throw new StartError('The web could not be built', { cause })
  })
  writeFileSync(marker, want)
}
