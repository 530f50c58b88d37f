import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { KeyProvider, Stanza } from '@/lib/ports/key-provider'

const type = 'holdfast.test/remote'
const nonceBytes = 12
const tagBytes = 16

/** A key service as they are: keys by name and version that never leave it, asked over something slow that may be away. */
export class RemoteService {
  isAway = false
  asked = 0
  private readonly keys = new Map<string, Buffer>()

  addVersion(name: string, version: string): void {
    this.keys.set(`${name} ${version}`, randomBytes(32))
  }

  async encrypt(name: string, version: string, plain: Uint8Array): Promise<Buffer> {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', await this.key(name, version), nonce, { authTagLength: tagBytes })
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  async decrypt(name: string, version: string, sealed: Uint8Array): Promise<Buffer> {
    const bytes = Buffer.from(sealed)
    const key = await this.key(name, version)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
  }

  private async key(name: string, version: string): Promise<Buffer> {
    this.asked += 1
    await setImmediate()
    if (this.isAway) throw new HoldfastError('host-unreachable', 'The key service does not answer')
    const key = this.keys.get(`${name} ${version}`)
    if (!key) throw new HoldfastError('key-invalid', `The key service has no version ${version} of ${name}`)
    return key
  }
}

/** A key provider that lives in the tests only: what one for a key service has to do, on `RemoteService`. */
export function remoteKeys(service: RemoteService, name: string): KeyProvider {
  return {
    kind: 'remote',
    serves: ({ kind, id }) => kind === 'kms' && id === name,
    describe: ({ id }) => `The key ${id} of the key service`,
    recipient: ({ id, version = '1' }) => ({
      wrapFileKey: async (fileKey) => [
        { args: [type, id, version], body: await service.encrypt(id, version, fileKey) },
      ],
    }),
    identities: () => [{ unwrapFileKey }],
  }

  async function unwrapFileKey(stanzas: readonly Stanza[]): Promise<Uint8Array | null> {
    for (const { args, body } of stanzas) {
      const [stanzaType, id, version] = args
      if (stanzaType !== type || id !== name) continue
      if (version === undefined || body.length < nonceBytes + tagBytes) {
        throw new HoldfastError('object-damaged', 'A stanza of the key service is damaged')
      }
      return service.decrypt(id, version, body)
    }
    return null
  }
}
