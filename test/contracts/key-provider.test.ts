import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ciphers } from '@/lib/cipher/index'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import { openedBy } from '@/lib/core/repository/opened-by'
import { keyProviders } from '@/lib/key-providers/index'
import type { KeyProvider } from '@/lib/ports/key-provider'
import type { Vault } from '@/lib/ports/vault'
import { openVault } from '@/lib/vault/open-vault'
import { unwrapIdentity, wrapIdentity } from '@/lib/vault/wrap-identity'
import { makeRecoveryKit } from '@/lib/vault/recovery-kit'
import { RemoteService, remoteKeys } from '../helpers/remote-keys'
import { tempDir } from '../helpers/temp'

interface Harness {
  /** Two providers with keys of their own, and a recipient of each. */
  provider: KeyProvider
  recipient: Recipient
  stranger: KeyProvider
  strangersRecipient: Recipient
  /** Recipients that it serves and that have no key. */
  invalid: Recipient[]
}

async function ageKey(kind: Recipient['kind']): Promise<{ identity: string; recipient: Recipient }> {
  const identity = await generateIdentity()
  return { identity, recipient: { kind, id: await identityToRecipient(identity) } }
}

/** One for each in the list, and one that the port was not made for. */
const harnesses: Record<keyof typeof keyProviders | 'remote', () => Promise<Harness>> = {
  async local() {
    const [own, other] = [await ageKey('instance'), await ageKey('recovery')]
    const oneLetter = { ...own.recipient, id: own.recipient.id.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')) }
    return {
      provider: keyProviders.local([own.identity]),
      recipient: own.recipient,
      stranger: keyProviders.local([other.identity]),
      strangersRecipient: other.recipient,
      invalid: [
        oneLetter,
        ...['', 'age1', 'age1nonsense', own.identity].map((id) => ({ kind: 'recovery' as const, id })),
      ],
    }
  },
  async remote() {
    const service = new RemoteService()
    for (const name of ['own', 'other']) service.addVersion(name, '1')
    return {
      provider: remoteKeys(service, 'own'),
      recipient: { kind: 'kms', id: 'own', version: '1' },
      stranger: remoteKeys(service, 'other'),
      strangersRecipient: { kind: 'kms', id: 'other' },
      invalid: [{ kind: 'kms', id: 'own', version: '2' }],
    }
  },
}

describe.each(Object.entries(harnesses))('the key provider %s', (_name, make) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await make()
  })

  it('opens what was wrapped for it, alone and among others, and nothing else', async () => {
    const { provider, recipient, stranger, strangersRecipient } = harness
    const both = [provider, stranger]
    const identity = await generateIdentity()
    for (const recipients of [[recipient], [recipient, strangersRecipient], [strangersRecipient, recipient]]) {
      const wrapped = await wrapIdentity(both, identity, recipients)
      expect(await unwrapIdentity([provider], wrapped)).toBe(identity)
    }
    const foreign = await wrapIdentity(both, identity, [strangersRecipient])
    await expect(unwrapIdentity([provider], foreign)).rejects.toMatchObject({ code: 'key-missing' })
  })

  it('never wraps a key twice in the same way, nor shows it', async () => {
    const { provider, recipient } = harness
    const identity = await generateIdentity()
    const wrap = async () => Buffer.from(await wrapIdentity([provider], identity, [recipient])).toString('latin1')
    const wrapped = [await wrap(), await wrap()]
    expect(wrapped[0]).not.toBe(wrapped[1])
    expect(wrapped.join(' ')).not.toContain(identity)
  })

  it('serves its recipients alone and knows what to call them', () => {
    const { provider, recipient } = harness
    expect(provider.serves(recipient)).toBe(true)
    expect(provider.describe(recipient)).toMatch(/^The .*key/)
    const kinds = ['instance', 'recovery', 'age', 'kms'] as const
    expect(kinds.filter((kind) => provider.serves({ ...recipient, kind }))).toContain(recipient.kind)
    expect(kinds.every((kind) => provider.serves({ ...recipient, kind }))).toBe(false)
  })

  it('refuses a recipient that has no key', async () => {
    const identity = await generateIdentity()
    for (const recipient of harness.invalid) {
      const wrapping = wrapIdentity([harness.provider], identity, [recipient])
      await expect(wrapping, recipient.id).rejects.toMatchObject({ code: 'key-invalid' })
    }
  })
})

describe("a backup's key, wrapped for a key service, the instance and the recovery kit", () => {
  const service = new RemoteService()
  const masterKey = randomBytes(32)
  const inService: Recipient = { kind: 'kms', id: 'own', version: '1' }
  const vault = openVault(masterKey, [], [remoteKeys(service, 'own')])
  let recovery: Recipient
  let kit: string
  let made: Awaited<ReturnType<Vault['createIdentity']>>
  beforeAll(async () => {
    service.addVersion('own', '1')
    const { recipient, text } = await makeRecoveryKit({
      instanceId: 'i-1',
      createdAt: new Date(),
      signingKey: vault.evidencePublicKey,
    })
    recovery = { kind: 'recovery', id: recipient }
    kit = text
    made = await vault.createIdentity(ciphers.age, [inService, recovery, recovery])
  })

  async function openByAge(wrapped: Uint8Array, key: string) {
    await using dir = await tempDir('key-provider')
    writeFileSync(join(dir.path, 'kit'), key, { mode: 0o600 })
    return spawnSync('age', ['-d', '-i', join(dir.path, 'kit')], { input: wrapped })
  }

  it('names each of them once', () => {
    const own: Recipient = { kind: 'instance', id: vault.instanceRecipient }
    expect(made.wrappedFor).toEqual([own, inService, recovery])
    const names = { format: 'age' as const, keyFile: 'identity.age', keySha256: '', recipient: made.recipient }
    const encryption = { ...names, wrappedFor: made.wrappedFor }
    expect(openedBy({ encryption })).toEqual([vault.instanceRecipient, 'own@1', recovery.id])
    expect(openedBy({ encryption: null })).toEqual(['*'])
  })

  it('is opened by the instance alone, which asks no service', async () => {
    expect(await openVault(masterKey).unwrapIdentity(made.wrapped)).toBe(made.identity)
    const asked = service.asked
    expect(await vault.unwrapIdentity(made.wrapped)).toBe(made.identity)
    expect(service.asked).toBe(asked)
  })

  it('is opened by the key service alone, where the instance is another', async () => {
    const elsewhere = openVault(randomBytes(32), [], [remoteKeys(service, 'own')])
    expect(await elsewhere.unwrapIdentity(made.wrapped)).toBe(made.identity)
  })

  it('is opened by the plain age program with the recovery kit, and by nobody else', async () => {
    const opened = await openByAge(made.wrapped, kit)
    expect(opened.stderr.toString()).toBe('')
    expect(opened.stdout.toString()).toBe(`${made.identity}\n`)
    expect((await openByAge(made.wrapped, await generateIdentity())).status).not.toBe(0)
    const stranger = openVault(randomBytes(32), [], [remoteKeys(service, 'other')])
    await expect(stranger.unwrapIdentity(made.wrapped)).rejects.toMatchObject({ code: 'key-missing' })
  })

  it.each([0, 1, 2])('is opened by recipient %i when it was wrapped later for that one alone', async (at) => {
    const recipient = made.wrappedFor[at]
    if (!recipient) throw new Error('no recipient')
    const wrapped = await vault.wrapIdentity(made.identity, [recipient])
    const byInstance = await openVault(masterKey)
      .unwrapIdentity(wrapped)
      .catch(() => null)
    const byService = await openVault(randomBytes(32), [], [remoteKeys(service, 'own')])
      .unwrapIdentity(wrapped)
      .catch(() => null)
    const byKit = (await openByAge(wrapped, kit)).stdout.toString().trim()
    expect([byInstance, byService, byKit || null]).toEqual([0, 1, 2].map((who) => (who === at ? made.identity : null)))
  })

  it('is opened while the service is away, and says so only where nothing else opens it', async () => {
    const alone = await vault.wrapIdentity(made.identity, [inService])
    // First in the list: the service is asked before the key that opens it.
    const asksFirst = openVault(randomBytes(32), [masterKey], [remoteKeys(service, 'own')])
    service.isAway = true
    try {
      expect(await asksFirst.unwrapIdentity(made.wrapped)).toBe(made.identity)
      await expect(vault.unwrapIdentity(alone)).rejects.toMatchObject({ code: 'host-unreachable' })
      const creating = vault.createIdentity(ciphers.age, [inService])
      await expect(creating).rejects.toMatchObject({ code: 'host-unreachable' })
    } finally {
      service.isAway = false
    }
    expect(await vault.unwrapIdentity(alone)).toBe(made.identity)
  })

  it('is refused for a key that no provider serves, and never wrapped for fewer', async () => {
    const creating = openVault(masterKey).createIdentity(ciphers.age, [inService])
    await expect(creating).rejects.toMatchObject({ code: 'key-invalid', facts: { recipient: inService } })
  })

  it('is wrapped for the age keys of backups of version 1, whose kind is not told', async () => {
    const wrapped = await vault.wrapIdentity(made.identity, [{ kind: 'age', id: vault.instanceRecipient }])
    expect(await openVault(masterKey).unwrapIdentity(wrapped)).toBe(made.identity)
  })

  it('is never another one when any bit of its file is flipped (fault 38)', async () => {
    const wrapped = Buffer.from(made.wrapped)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: wrapped.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const changed = Buffer.from(wrapped)
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at)
        const code = await vault.unwrapIdentity(changed).then(
          () => 'opened',
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        )
        expect(['object-damaged', 'key-missing']).toContain(code)
      }),
      { numRuns: 200 },
    )
  })

  it.each(['with a blank', 'new\nline', '', 'Süd'])('is not written with the argument %j in a stanza', async (arg) => {
    const wrapFileKey = async () => [{ args: ['x', arg], body: Buffer.alloc(9) }]
    const provider = { ...remoteKeys(service, 'own'), recipient: () => ({ wrapFileKey }) }
    const wrapping = openVault(masterKey, [], [provider]).wrapIdentity(made.identity, [inService])
    await expect(wrapping).rejects.toThrow(TypeError)
  })
})
