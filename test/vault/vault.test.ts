import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ciphers } from '@/lib/cipher/index'
import { ageKeyPair } from '@/lib/key-providers/local/key-pair'
import { openVault } from '@/lib/vault/open-vault'
import { checkWordHash, checkWordOf } from '@/lib/vault/check-word'
import { makeRecoveryKit } from '@/lib/vault/recovery-kit'
import { kitCommands } from '../helpers/databases/hand-commands'
import { inPieces, sampleBytes } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

const masterKey = randomBytes(32)
const vault = openVault(masterKey)

describe('sealing', () => {
  it('gives back what was sealed, in a later start as well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (plain, context) => {
        expect(await openVault(masterKey).unseal(await vault.seal(plain, context), context)).toBe(plain)
      }),
    )
  })

  it('never gives the same text twice and does not show the secret (security 11)', async () => {
    const sealed = [await vault.seal('hunter2', 'source:1'), await vault.seal('hunter2', 'source:1')]
    expect(sealed[0]).not.toBe(sealed[1])
    expect(sealed[0]).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/)
    expect(sealed[0]).not.toContain('hunter2')
  })

  it('refuses another context, so that a secret cannot be moved to another row (security 2)', async () => {
    await expect(vault.unseal(await vault.seal('x', 'source:1'), 'source:2')).rejects.toThrow(
      expect.objectContaining({ code: 'secret-unreadable' }),
    )
  })

  it('says so when the master key is another (fault 84)', async () => {
    const sealed = await openVault(randomBytes(32)).seal('x', 'source:1')
    await expect(vault.unseal(sealed, 'source:1')).rejects.toThrow(/another master key/)
  })

  it('refuses text that was changed anywhere', async () => {
    const sealed = await vault.seal('a secret', 'c')
    for (let at = 0; at < sealed.length; at++) {
      // The last letter of base64 may carry bits that mean nothing.
      const last = at === sealed.length - 1 || sealed[at + 1] === '.'
      if (last) continue
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      await expect(vault.unseal(changed, 'c'), `letter ${at}`).rejects.toThrow(
        expect.objectContaining({ code: 'secret-unreadable' }),
      )
    }
    for (const text of ['', 'v1', 'v1...', 'plain password']) {
      await expect(vault.unseal(text, 'c')).rejects.toThrow(expect.objectContaining({ code: 'secret-unreadable' }))
    }
  })
})

describe("the instance's age key", () => {
  it('is the same at every start and another for another master key', () => {
    expect(openVault(masterKey).instanceRecipient).toBe(vault.instanceRecipient)
    expect(openVault(randomBytes(32)).instanceRecipient).not.toBe(vault.instanceRecipient)
  })

  it('is written as age writes its keys', async () => {
    for (let round = 0; round < 20; round++) {
      const { identity, recipient } = ageKeyPair(randomBytes(32))
      expect(await identityToRecipient(identity)).toBe(recipient)
    }
  })
})

describe("a backup's identity", () => {
  it('is unwrapped by the instance that made it', async () => {
    const { identity, recipient, wrapped } = await vault.createIdentity(ciphers.age, [])
    expect(await vault.unwrapIdentity(wrapped)).toBe(identity)
    expect(await identityToRecipient(identity)).toBe(recipient)
  })

  it('is another for each backup and not readable by another instance (fault 84)', async () => {
    const [first, second] = await Promise.all([
      vault.createIdentity(ciphers.age, []),
      vault.createIdentity(ciphers.age, []),
    ])
    expect(first.identity).not.toBe(second.identity)
    await expect(openVault(randomBytes(32)).unwrapIdentity(first.wrapped)).rejects.toMatchObject({
      code: 'key-missing',
    })
  })

  it('is reported as damaged when it was changed (fault 38)', async () => {
    const { wrapped } = await vault.createIdentity(ciphers.age, [])
    const changed = Buffer.from(wrapped)
    changed.writeUInt8(changed.readUInt8(changed.length - 5) ^ 1, changed.length - 5)
    await expect(vault.unwrapIdentity(changed)).rejects.toMatchObject({ code: 'object-damaged' })
  })

  it('refuses a recipient that is no key', async () => {
    await expect(vault.createIdentity(ciphers.age, [{ kind: 'recovery', id: 'age1nonsense' }])).rejects.toMatchObject({
      code: 'key-invalid',
    })
  })
})

describe('the recovery kit', () => {
  it('unlocks the key of a backup with the command it names and the standard programs only (fault 24, security 4)', async () => {
    await using dir = await tempDir('kit')
    const createdAt = new Date('2026-11-21T10:00:00Z')
    const kit = await makeRecoveryKit({ instanceId: 'i-1', createdAt, signingKey: vault.evidencePublicKey })
    const { recipient, wrapped } = await vault.createIdentity(ciphers.age, [{ kind: 'recovery', id: kit.recipient }])
    const plain = sampleBytes(700_001)
    const dump = spawnSync('zstd', ['-q', '-c'], { input: plain, maxBuffer: 1 << 26 }).stdout
    const sealed = await buffer(inPieces(dump, [65_536]).pipe(await ciphers.age.encrypt([recipient])))
    writeFileSync(join(dir.path, kit.fileName), kit.text)
    writeFileSync(join(dir.path, 'identity.age'), wrapped)
    writeFileSync(join(dir.path, 'archive.dump.zst.age'), sealed)
    const [umask = '', unwrap = ''] = kitCommands(kit.text, 'HOW TO RESTORE')
    const read = 'age -d -i backup.key archive.dump.zst.age | zstd -dc > restored'
    const commands = ['set -o pipefail', umask, unwrap, read]
    const run = spawnSync('bash', ['-ec', commands.join('\n')], { cwd: dir.path })
    expect(run.stderr.toString()).toBe('')
    expect(plain.equals(readFileSync(join(dir.path, 'restored')))).toBe(true)
  })

  it('holds nothing but comments and the key', async () => {
    const signingKey = vault.evidencePublicKey
    const kit = await makeRecoveryKit({ instanceId: 'i-1', createdAt: new Date(), signingKey })
    const lines = kit.text
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
    expect(lines).toEqual([kit.identity])
    expect(await identityToRecipient(kit.identity)).toBe(kit.recipient)
    expect(kit.text).toContain(kit.recipient)
  })

  it('has the public signing key, which its own command makes a file of that openssl takes (security 4, 7)', async () => {
    await using dir = await tempDir('kit')
    const createdAt = new Date()
    const kit = await makeRecoveryKit({ instanceId: 'i-1', createdAt, signingKey: vault.evidencePublicKey })
    writeFileSync(join(dir.path, kit.fileName), kit.text)
    const command = /^# *(sed -n .*)$/m.exec(kit.text)?.[1] ?? ''
    spawnSync('bash', ['-ec', command], { cwd: dir.path })
    const der = spawnSync('openssl', ['pkey', '-pubin', '-in', 'holdfast-signing-key.pem', '-outform', 'DER'], {
      cwd: dir.path,
    }).stdout
    expect(der.subarray(-32).toString('base64')).toBe(vault.evidencePublicKey)
  })

  it('prints a check word that follows from its key, is typed as people type, and tells nothing of the key', async () => {
    const kit = await makeRecoveryKit({ instanceId: 'i-1', createdAt: new Date(), signingKey: vault.evidencePublicKey })
    expect(kit.checkWord).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(kit.text).toContain(`Check word: ${kit.checkWord}`)
    expect(checkWordOf(kit.identity)).toBe(kit.checkWord)
    const kept = checkWordHash(kit.checkWord, kit.recipient)
    expect(checkWordHash(` ${kit.checkWord.toLowerCase().replace('-', '')} `, kit.recipient)).toBe(kept)
    expect(checkWordHash('l0-oI', 'r')).toBe(checkWordHash('1001', 'r'))
    expect(checkWordHash(kit.checkWord, `${kit.recipient}x`)).not.toBe(kept)
    expect(kit.text.replace(kit.identity, '')).not.toContain(kit.identity.slice(20, 40))
  })

  it('does not open a backup that was wrapped for the instance alone', async () => {
    await using dir = await tempDir('kit')
    const { wrapped } = await vault.createIdentity(ciphers.age, [])
    writeFileSync(join(dir.path, 'key'), await generateIdentity())
    const run = spawnSync('age', ['-d', '-i', 'key'], { cwd: dir.path, input: wrapped })
    expect(run.status).not.toBe(0)
  })
})
