import { defineConfig, devices } from '@playwright/test'

// Chosen once by the first process that reads this; the workers inherit it.
process.env.E2E_PORT ||= String(20_000 + Math.floor(Math.random() * 20_000))
process.env.E2E_EMAIL ||= 'admin@example.org'
process.env.E2E_PASSWORD ||= 'correct-horse-battery'
process.env.E2E_TOKEN ||= 'hf_e2e-token-that-is-known-beforehand-000000'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './test/setup/start-product.ts',
  // One product, one catalog: journeys build on the same data, so they run one after the other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://127.0.0.1:${process.env.E2E_PORT}`,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
      // Chromium has no sandbox as root; the tests open nothing but the product.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
})
