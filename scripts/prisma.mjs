#!/usr/bin/env node
// Runs the Prisma CLI with the offline schema engine: `npm run prisma -- migrate diff ...`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fail } from './bootstrap/fail.mjs'

const engine = fileURLToPath(new URL('./schema-engine.mjs', import.meta.url))
const { status, error } = spawnSync('npx', ['prisma', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: engine,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
})
if (error) fail(error)
process.exit(status ?? 1)
