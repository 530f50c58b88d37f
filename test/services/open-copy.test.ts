import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import { ciphers } from '@/lib/cipher/index'
import { type Manifest, manifestSchema, type Recipient } from '@/lib/contracts/repository/manifest'
import { backupFolder, laterIdentityFile, manifestFile } from '@/lib/core/repository/paths'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { openCopy } from '@/lib/services/backup/open-copy'
import { openSealedCopy } from '@/lib/services/backup/open-sealed-copy'
import { partOpener } from '@/lib/services/backup/part-opener'
import { recipientId } from '@/lib/services/recovery-kit/recipient-id'
import { openVault } from '@/lib/vault/open-vault'
import { makeMemoryStorage } from '../helpers/memory-storage'
import { makeTestRun } from '../helpers/run-context'
import { RemoteService, remoteKeys } from '../helpers/remote-keys'
import { inPieces, sampleBytes } from '../helpers/databases/sample-bytes'

const id = '01a22ad4-a2b9-748d-ba92-a23585393319'
const at = new Date('2026-11-21T02:00:00Z')
const folder = backupFolder(id, id, at)
const backup = { id, repositoryPath: folder, manifestSha256: null, signatureSha256: null }
const destination: DestinationModel = {
  id,
  name: 'north',
  kind: 'local',
  config: { path: '/nowhere' },
  secretsSealed: {},
  options: {},
  care: {},
  probe: null,
  probedAt: null,
  retentionPolicyId: null,
  createdAt: at,
  updatedAt: at,
  deletedAt: null,
}

const cipher = ciphers.age
const plain = sampleBytes(200_001)
const run = makeTestRun()
const service = new RemoteService()
service.addVersion('own', '1')
const inService: Recipient = { kind: 'kms', id: 'own', version: '1' }
/** Another instance took the backup, and wrapped its key for the service alone. */
const taker = openVault(randomBytes(32), [], [remoteKeys(service, 'own')])
const vault = openVault(randomBytes(32), [], [remoteKeys(service, 'own')])
const own: Recipient = { kind: 'instance', id: vault.instanceRecipient }
const store = makeMemoryStorage()
const ctx = { vault, openStorage: () => store }

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const put = (file: string, bytes: Uint8Array) => store.objects.set(folder + file, Buffer.from(bytes))
const writeManifest = (value: Manifest) => put(manifestFile, Buffer.from(JSON.stringify(value)))

let manifest: Manifest
let identity: string
beforeEach(async () => {
  service.isAway = false
  store.objects.clear()
  const key = await cipher.makeKey()
  identity = key.identity
  const wrapped = await taker.wrapIdentity(key.identity, [inService])
  const sealed = await buffer(inPieces(plain, [65_536]).pipe(await cipher.encrypt([key.recipient])))
  manifest = manifestSchema.parse({
    format: 'holdfast-backup',
    version: 2,
    instanceId: 'i-1',
    backupId: id,
    source: { id, name: 'shop', engine: 'postgres', label: 'shop' },
    method: 'logical',
    identity: null,
    startedAt: at.toISOString(),
    finishedAt: at.toISOString(),
    engineVersion: null,
    tool: null,
    chain: null,
    range: null,
    earliestTarget: null,
    latestTarget: null,
    encryption: {
      format: cipher.format,
      keyFile: cipher.keyFile,
      keySha256: sha256(wrapped),
      recipient: key.recipient,
      wrappedFor: [inService],
    },
    parts: [
      {
        role: 'archive',
        file: `archive.dump${cipher.suffix}`,
        sourceBytes: plain.length,
        sourceSha256: sha256(plain),
        storedBytes: sealed.length,
        storedSha256: sha256(sealed),
        compression: 'none',
        encrypted: true,
      },
    ],
    howToRestore: [],
  })
  put(cipher.keyFile, wrapped)
  put(`archive.dump${cipher.suffix}`, sealed)
  writeManifest(manifest)
})

const wrapLater = async (secret: string, recipient: Recipient) =>
  put(laterIdentityFile(cipher.keyFile, recipientId(recipient.id), 1), await taker.wrapIdentity(secret, [recipient]))

async function readPart(): Promise<Buffer> {
  const copy = await openCopy(ctx, backup, destination, run)
  const [part] = copy.manifest.parts
  if (!part) throw new Error('no part')
  return buffer(await partOpener(copy)(part, run))
}

describe('a copy of a backup', () => {
  it('is opened with the key service that its key was wrapped with', async () => {
    expect(plain.equals(await readPart())).toBe(true)
  })

  it('is opened with a key that was wrapped later while the key service is away', async () => {
    service.isAway = true
    await expect(readPart()).rejects.toMatchObject({ code: 'host-unreachable' })
    service.isAway = false
    await wrapLater(identity, own)
    service.isAway = true
    expect(plain.equals(await readPart())).toBe(true)
  })

  it('is never opened with the key of another backup that lies beside it (security 2)', async () => {
    await wrapLater((await cipher.makeKey()).identity, own)
    service.isAway = true
    await expect(readPart()).rejects.toMatchObject({ code: 'host-unreachable' })
  })

  it('in a format that is not built in is refused by name, and can be read as it lies there', async () => {
    if (!manifest.encryption) throw new Error('not encrypted')
    writeManifest({ ...manifest, encryption: { ...manifest.encryption, format: 'openpgp' } })
    const opening = openCopy(ctx, backup, destination, run)
    await expect(opening).rejects.toMatchObject({ code: 'format-unsupported', facts: { format: 'openpgp' } })
    const sealed = await openSealedCopy(ctx, backup, destination, run)
    expect(sealed.wrappedIdentity?.equals(store.objects.get(folder + cipher.keyFile) ?? Buffer.alloc(0))).toBe(true)
  })

  it.each(['../identity.age', '/etc/identity.age', 'a/b.age', 'identity', '.age'])(
    'whose manifest names the key file %j is refused',
    async (keyFile) => {
      if (!manifest.encryption) throw new Error('not encrypted')
      writeManifest({ ...manifest, encryption: { ...manifest.encryption, keyFile } })
      await expect(openSealedCopy(ctx, backup, destination, run)).rejects.toThrow(/keyFile/)
    },
  )
})
