import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { supervise } from '@/scripts/supervise/main'
import { tempDir } from '../helpers/temp'

afterEach(() => vi.unstubAllEnvs())

test('a start with a short HOLDFAST_API_TOKEN is refused before anything is made (security 14)', async () => {
  const dir = await tempDir('short-token')
  vi.stubEnv('HOLDFAST_API_TOKEN', 'x'.repeat(31))
  const home = path.join(dir.path, 'home')
  const quiet = () => undefined
  const started = supervise({
    root: dir.path,
    home,
    host: '127.0.0.1',
    port: 0,
    dev: false,
    demo: false,
    say: quiet,
    warn: quiet,
  })
  await expect(started).rejects.toMatchObject({
    code: 'token-too-short',
    message: expect.stringContaining('HOLDFAST_API_TOKEN'),
    remedy: expect.stringContaining('openssl rand -base64 32'),
  })
  expect(existsSync(home)).toBe(false)
  await dir.remove()
})
