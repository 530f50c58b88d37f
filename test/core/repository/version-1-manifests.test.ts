import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { manifestSchema, type Manifest } from '@/lib/contracts/repository/manifest'
import { manifestSignatureSchema } from '@/lib/core/repository/manifest-signature'
import { signedListSchema } from '@/lib/core/repository/signed-list'
import { readSample, sampleFolder, sampleNames } from '../../helpers/catalog/version-1'

/** Files of a name below the stored repositories. */
async function filesOf(name: RegExp): Promise<string[]> {
  const repository = path.join(sampleFolder, 'repository')
  const files = await readdir(repository, { recursive: true })
  return files.filter((file) => name.test(path.basename(file))).map((file) => path.join(repository, file))
}

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'))
const documentOf = async (file: string) => z.object({ document: z.unknown() }).parse(await json(file)).document
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const both = ['north', 'south']
const usual = (suffix: string, more: string[] = []) => [`globals.sql${suffix}`, `archive.dump${suffix}`, ...more]

const expected: Record<(typeof sampleNames)[number], { files: string[]; form: string; identity: boolean }> = {
  plain: { files: usual('.zst.age'), form: 'zstd age', identity: true },
  parallel: {
    files: usual('.zst.age', ['data-1.dump.zst.age', 'data-2.dump.zst.age']),
    form: 'zstd age',
    identity: true,
  },
  gzip: { files: usual('.gz'), form: 'gzip none', identity: false },
  xz: { files: usual('.xz.age'), form: 'xz age', identity: true },
  lz4: { files: usual('.lz4.age'), form: 'lz4 age', identity: true },
  rewrapped: { files: usual('.zst.age'), form: 'zstd age', identity: true },
  partial: { files: usual('.zst.age'), form: 'zstd age', identity: true },
  pinned: { files: usual('.zst.age'), form: 'zstd age', identity: true },
}

/** The other way round: what version 1 would have written, had it known no more than this. */
function writtenAgain(manifest: Manifest) {
  const {
    method,
    identity,
    engineVersion,
    tool,
    facts,
    measures,
    chain,
    range,
    earliestTarget,
    latestTarget,
    ...same
  } = manifest
  const { rowEstimate, tableCount, serverMajor, systemIdentifier } = facts
  expect({ chain, range, earliestTarget, latestTarget, identity, measures }).toEqual({
    ...{ chain: null, range: null, earliestTarget: null, latestTarget: null },
    identity: `${String(serverMajor)}/${String(systemIdentifier)}`,
    measures: [
      { name: 'rows', of: 'items', unit: 'count', value: rowEstimate },
      { name: 'tables', of: 'containers', unit: 'count', value: tableCount },
    ],
  })
  const { encryption, source, parts } = same
  const { label, ...known } = source
  return {
    ...same,
    version: 1,
    source: { ...known, database: label },
    kind: method,
    serverVersion: engineVersion,
    toolVersion: tool?.version,
    engineFacts: facts,
    encryption: encryption && {
      identityFile: encryption.keyFile,
      identityRecipient: encryption.recipient,
      identitySha256: encryption.keySha256,
      wrappedFor: encryption.wrappedFor.map(({ id }) => id),
    },
    parts: parts.map(({ encrypted, facts: own, ...part }) => ({
      ...part,
      ...own,
      encryption: encrypted ? 'age' : 'none',
    })),
  }
}

describe('the stored manifests of version 1', () => {
  it.each(sampleNames)('%s is read as what was written', async (name) => {
    const { backups, sourceId } = await readSample()
    const found = (await filesOf(/^manifest\.json$/)).filter((file) => file.includes(backups[name]))
    expect(found).toHaveLength(name === 'partial' ? 1 : both.length)
    for (const file of found) {
      const stored = await json(file)
      const manifest: Manifest = manifestSchema.parse(stored)
      // Nothing that was written is dropped or changed by reading it: it stands under the names of today.
      expect(writtenAgain(manifest)).toEqual(stored)
      expect(manifest).toMatchObject({
        version: 2,
        backupId: backups[name],
        source: { id: sourceId, name: 'shop', engine: 'postgres', label: 'shop' },
        method: 'logical',
        encryption: expected[name].identity ? { format: 'age', keyFile: 'identity.age' } : null,
      })
      expect(manifest.parts.map((part) => part.file)).toEqual(expected[name].files)
      for (const part of manifest.parts) {
        expect(`${part.compression} ${part.encrypted ? 'age' : 'none'}`).toBe(expected[name].form)
        const bytes = await readFile(path.join(path.dirname(file), part.file))
        expect({ size: bytes.length, hash: sha256(bytes) }).toEqual({ size: part.storedBytes, hash: part.storedSha256 })
      }
    }
  })

  it('their signatures and lists are read as well, and each signature is of the manifest beside it', async () => {
    const signatures = await filesOf(/^manifest\.sig\.json$/)
    expect(signatures).toHaveLength(15)
    for (const file of signatures) {
      const signature = manifestSignatureSchema.parse(await documentOf(file))
      expect(signature.manifestSha256).toBe(sha256(await readFile(path.join(path.dirname(file), 'manifest.json'))))
    }
    const lists = await filesOf(/^list-\d+\.json$/)
    expect(lists).toHaveLength(2)
    for (const file of lists) {
      expect(signedListSchema.parse(await documentOf(file))).toMatchObject({ version: 1 })
    }
  })
})
