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

/** What decides purely or runs local programs only. Everything else may count on the servers that `npm test` starts. */
const unit = ['core', 'pipeline', 'cipher', 'key-providers', 'process', 'vault', 'notify', 'client', 'scripts'].map(
  (name) => `test/${name}/**/*.test.ts`,
)
const contract = ['test/contracts/**/*.test.ts']

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${root}/` }] },
  test: {
    maxWorkers: 2,
    projects: [
      { extends: true, test: { ...shared, name: 'unit', include: unit } },
      { extends: true, test: { ...shared, name: 'contract', include: contract } },
      {
        extends: true,
        test: { ...shared, name: 'integration', include: ['test/**/*.test.ts'], exclude: [...unit, ...contract] },
      },
    ],
  },
})
