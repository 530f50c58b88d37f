#!/usr/bin/env node
// `npm run check`: format, lint (with the import zones), types and generated pages, side by side. Seconds, no servers.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { fail } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const CHECKS = {
  format: [
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level=warn',
    '--cache',
    '--cache-location=node_modules/.cache/holdfast-prettier',
    '.',
  ],
  lint: [
    'node_modules/eslint/bin/eslint.js',
    '--max-warnings=0',
    '--cache',
    '--cache-location=node_modules/.cache/eslint/',
    '.',
  ],
  types: [
    'node_modules/typescript/bin/tsc',
    ...['--noEmit', '--pretty', 'false', '--incremental'],
    ...['--tsBuildInfoFile', 'node_modules/.cache/holdfast-types.json'],
  ],
  docs: ['scripts/docs.mjs', '--check'],
}

function check(name, args) {
  const startedAt = Date.now()
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve(report(name, false, String(error), startedAt)))
    child.once('close', (code) => resolve(report(name, code === 0, output, startedAt)))
  })
}

function report(name, ok, output, startedAt) {
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
  if (!ok) console.log(output.trim())
  return ok
}

async function main() {
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  // The types of the database client are generated.
  await build(root, { web: false })
  const results = await Promise.all(Object.entries(CHECKS).map(([name, args]) => check(name, args)))
  process.exit(results.every(Boolean) ? 0 : 1)
}

main().catch(fail)
