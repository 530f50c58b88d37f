#!/usr/bin/env node
// `npm run holdfast -- VERB`: the CLI, bundled from its sources first (a fifth of a second).
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { fail } from './bootstrap/say.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

async function main() {
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await build(root, { web: false })
  await import(pathToFileURL(path.join(root, 'dist/holdfast.mjs')).href)
}

main().catch(fail)
