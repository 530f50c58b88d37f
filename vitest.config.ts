import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '')
const shared = {
  // Real servers and child processes: generous limits, few files at a time, one process per file.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: 'forks' as const,
  setupFiles: [`${root}/test/setup/environment.ts`],
}

/** Folders of `test/` that start servers or talk to them; all others count as unit tests. */
const integration = [
  'test/integration/**/*.test.ts',
  'test/db/**/*.test.ts',
  'test/services/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/engines/**/*.test.ts',
  'test/worker/**/*.test.ts',
  'test/scripts/**/*.test.ts',
]
const contract = ['test/contracts/**/*.test.ts']

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${root}/` }] },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'unit', include: ['test/**/*.test.ts'], exclude: [...integration, ...contract] },
      },
      { extends: true, test: { ...shared, name: 'contract', include: contract } },
      { extends: true, test: { ...shared, name: 'integration', include: integration } },
    ],
  },
})
