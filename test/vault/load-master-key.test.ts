import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadMasterKey } from '@/lib/vault/load-master-key'
import { tempDir } from '../helpers/temp'

const key = randomBytes(32)

describe('the master key', () => {
  it.each([
    ['base64', key.toString('base64')],
    ['base64 without padding', key.toString('base64url')],
    ['hex', key.toString('hex')],
    ['with a newline after it', `${key.toString('base64')}\n`],
  ])('is taken from the environment as %s', async (_, text) => {
    expect(key.equals(await loadMasterKey({ env: { HOLDFAST_MASTER_KEY: text }, home: '/nonexistent' }))).toBe(true)
  })

  it('is taken from the file that the environment names', async () => {
    await using dir = await tempDir('key')
    const file = join(dir.path, 'mounted')
    writeFileSync(file, key.toString('hex'), { mode: 0o444 })
    expect(key.equals(await loadMasterKey({ env: { HOLDFAST_MASTER_KEY_FILE: file }, home: dir.path }))).toBe(true)
  })

  it('is refused, without being shown, when it is no key (security 10)', async () => {
    const text = 'correct horse battery staple'
    const error = await loadMasterKey({ env: { HOLDFAST_MASTER_KEY: text }, home: '/nonexistent' }).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({ code: 'master-key-invalid' })
    expect(String(error)).not.toContain('horse')
  })

  it('is made on first start, 0600 in a folder 0700, and kept (security 31)', async () => {
    await using dir = await tempDir('key')
    const home = join(dir.path, 'home')
    const first = await loadMasterKey({ env: {}, home })
    expect(first).toHaveLength(32)
    expect(first.equals(await loadMasterKey({ env: {}, home }))).toBe(true)
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'keys/master.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(home, 'keys'))).toEqual(['master.key'])
  })

  it('is one and the same for processes that start at once', async () => {
    await using dir = await tempDir('key')
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ env: {}, home: dir.path })))
    expect(new Set(keys.map((one) => one.toString('hex'))).size).toBe(1)
    expect(readdirSync(join(dir.path, 'keys'))).toEqual(['master.key'])
  })

  it.each([0o640, 0o604, 0o620])('is refused when others may touch the file (mode %o)', async (mode) => {
    await using dir = await tempDir('key')
    await loadMasterKey({ env: {}, home: dir.path })
    const file = join(dir.path, 'keys/master.key')
    chmodSync(file, mode)
    await expect(loadMasterKey({ env: {}, home: dir.path })).rejects.toMatchObject({ code: 'master-key-exposed' })
  })

  it('is never replaced when the file is damaged', async () => {
    await using dir = await tempDir('key')
    await loadMasterKey({ env: {}, home: dir.path })
    const file = join(dir.path, 'keys/master.key')
    writeFileSync(file, 'half a k')
    await expect(loadMasterKey({ env: {}, home: dir.path })).rejects.toMatchObject({ code: 'master-key-invalid' })
    expect(readFileSync(file, 'utf8')).toBe('half a k')
  })
})
