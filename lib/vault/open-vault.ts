import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { keyProviders } from '@/lib/key-providers/index'
import { ageKeyPair } from '@/lib/key-providers/local/key-pair'
import type { KeyProvider } from '@/lib/ports/key-provider'
import type { Vault } from '@/lib/ports/vault'
import { evidenceKeyPair } from './evidence-key'
import { eachOnce, unwrapIdentity, wrapIdentity } from './wrap-identity'

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

function derive(masterKey: Buffer, purpose: string, size = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `holdfast ${purpose} v1`, size))
}

function unreadable(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('secret-unreadable', message, {
    remedy: 'Start Holdfast with the master key that the secret was stored under, or enter the secret again.',
    cause,
  })
}

function seal(key: Buffer, keyId: string, plain: string, context: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return [version, keyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
}

function unseal(keys: ReadonlyMap<string, Buffer>, text: string, context: string): string {
  const [textVersion, keyId = '', nonceText, sealedText, ...rest] = text.split('.')
  if (textVersion !== version || nonceText === undefined || sealedText === undefined || rest.length > 0) {
    throw unreadable('The stored secret has an unknown form')
  }
  const key = keys.get(keyId)
  if (!key) throw unreadable('The stored secret was sealed with another master key')
  const nonce = Buffer.from(nonceText, 'base64url')
  const sealed = Buffer.from(sealedText, 'base64url')
  if (nonce.length !== nonceBytes || sealed.length < tagBytes) throw unreadable('The stored secret is incomplete')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw unreadable('The stored secret was changed, or belongs to something else', cause)
  }
}

interface DerivedKeys {
  keyId: string
  sealKey: Buffer
  instance: ReturnType<typeof ageKeyPair>
  evidence: ReturnType<typeof evidenceKeyPair>
}

function deriveAll(masterKey: Buffer): DerivedKeys {
  if (masterKey.length !== 32) throw new TypeError(`a master key has 32 bytes, not ${masterKey.length}`)
  const scalar = derive(masterKey, 'instance identity')
  const seed = derive(masterKey, 'evidence signing')
  try {
    return {
      keyId: keyIdOf(masterKey),
      sealKey: derive(masterKey, 'seal'),
      instance: ageKeyPair(scalar),
      evidence: evidenceKeyPair(seed),
    }
  } finally {
    scalar.fill(0)
    seed.fill(0)
  }
}

/** The name of a master key in what was sealed with it. */
export function keyIdOf(masterKey: Buffer): string {
  return derive(masterKey, 'key id', 6).toString('base64url')
}

/**
 * Opens the vault of a master key (32 bytes). Keys for each purpose are derived from it, the instance's age identity
 * and its evidence key too: who has the master key can read the backups, and there is no second thing to lose. `others`
 * open what they sealed and wrapped while the master key is being replaced; nothing new is sealed with them. `remote` are the
 * key services that backups' keys are wrapped with beside the instance's own. The buffers are not needed afterwards: the
 * caller may wipe them.
 */
export function openVault(
  masterKey: Buffer,
  others: readonly Buffer[] = [],
  remote: readonly KeyProvider[] = [],
): Vault {
  const { keyId, sealKey, instance, evidence } = deriveAll(masterKey)
  const older = others.map(deriveAll)
  const keys = new Map([...older.map((other) => [other.keyId, other.sealKey] as const), [keyId, sealKey] as const])
  const identities = [instance.identity, ...older.map((other) => other.instance.identity)]
  // What is at hand first: a key service is asked only for what nobody else opens.
  const providers = [keyProviders.local(identities), ...remote]
  const own: Recipient = { kind: 'instance', id: instance.recipient }
  return {
    keyId,
    seal: async (plain, context) => seal(sealKey, keyId, plain, context),
    unseal: async (sealed, context) => unseal(keys, sealed, context),
    instanceRecipient: instance.recipient,
    evidencePublicKey: evidence.publicKey,
    signEvidence: async (bytes) => evidence.sign(bytes),
    createIdentity: async (cipher, recipients) => {
      const key = await cipher.makeKey()
      const wrappedFor = eachOnce([own, ...recipients])
      return { ...key, wrapped: await wrapIdentity(providers, key.identity, wrappedFor), wrappedFor }
    },
    unwrapIdentity: (wrapped) => unwrapIdentity(providers, wrapped),
    wrapIdentity: (identity, recipients) => wrapIdentity(providers, identity, recipients),
  }
}
