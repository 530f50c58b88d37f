#!/usr/bin/env node
// `npm run build`: what `npm start` would build, without starting (images, services).
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { fail } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { say } from './bootstrap/say.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

async function main() {
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await build(root)
  say('Built')
}

main().catch(fail)
