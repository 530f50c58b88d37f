#!/usr/bin/env node
// `npm run holdfast -- VERB`: the CLI, bundled from its sources first (a fifth of a second).
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { fail } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { say, warn } from './bootstrap/say.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

async function main() {
  const walPush = path.join(root, 'dist/wal-push.mjs')
  if (process.argv[2] === 'wal-push' && existsSync(walPush)) {
    // A database server starts it for every segment: nothing is built or installed for it.
    await import(pathToFileURL(walPush).href)
    return
  }
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await build(root, { web: false })
  const args = process.argv.slice(2)
  if (args[0] === 'rotate-master-key') {
    // Needs the catalog, and neither web nor worker.
    const home = path.resolve(root, process.env.HOLDFAST_HOME || '.holdfast')
    const { withCatalog } = await import(pathToFileURL(path.join(root, 'dist/with-catalog.mjs')).href)
    const options = { root, home, host: '127.0.0.1', port: 0, dev: false, demo: false, say, warn }
    process.exit(await withCatalog(options, args))
  }
  await import(pathToFileURL(path.join(root, 'dist/holdfast.mjs')).href)
}

main().catch(fail)
