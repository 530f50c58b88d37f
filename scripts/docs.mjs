#!/usr/bin/env node
// `node scripts/docs.mjs` writes the pages of docs/ that are made from the code; `--check` only says whether they are up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as prettier from 'prettier'
import { fail } from './bootstrap/fail.mjs'
import { StartError } from './bootstrap/say.mjs'
import { errorsPage } from './docs/errors-page.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
/** Each page and what makes its text. */
const PAGES = { 'docs/reference/errors.md': errorsPage }

async function main() {
  const { check } = parseArgs({ options: { check: { type: 'boolean' } } }).values
  for (const [page, make] of Object.entries(PAGES)) {
    const file = path.join(root, page)
    const options = await prettier.resolveConfig(file)
    const text = await prettier.format(await make(root), { ...options, filepath: file })
    if (text === read(file)) continue
    if (check) throw new StartError(`${page} is not what the code says. Write it anew: node scripts/docs.mjs`)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${page}`)
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

main().catch(fail)
