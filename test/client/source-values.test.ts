import { describe, expect, it } from 'vitest'
import { offeredEngines } from '@/components/engines/index'
import {
  emptySource,
  secretHintsOf,
  sourceInputOf,
  sourcePatchOf,
  valuesOfSource,
  type SourceValues,
} from '@/components/sources/source-values'
import { engineContract, engineContracts } from '@/lib/contracts/engines/index'
import { createSourceSchema, sourceSchema, updateSourceSchema, type Source } from '@/lib/contracts/source'
import { keptSecretHint } from '@/lib/client/stored-secret-hint'

const commonSample = {
  compression: 'xz',
  compressionLevel: 4,
  compressionThreads: 2,
  encryption: 'none',
  lowPriority: true,
  rateLimitBytesPerSecond: 1_048_576,
  slowAfterMs: 90_000,
  rpoObjectiveMs: 3_600_000,
  rtoObjectiveMs: 60_000,
  copyRule: { copies: 2, otherSites: 1 },
  restoreTestLimitMs: 7_200_000,
  acceptUnconfined: true,
  maxAttempts: 5,
}

/** What an engine needs to be reached, and options of which none is a default. */
const samples: { [E in Source['engine']]: { engine: E; connection: object; options: object } } = {
  postgres: {
    engine: 'postgres',
    connection: {
      host: 'db1',
      port: 5433,
      database: 'shop',
      user: 'backup',
      ssl: 'verify-ca',
      sslRootCert: 'PEM',
      hasPassword: true,
    },
    options: {
      ...commonSample,
      lockTimeoutMs: 1_000,
      stallTimeoutMs: 150_000,
      parallelism: 4,
      maxConnections: 6,
      fullSpeed: true,
      replica: { host: 'db2', port: 5434 },
      assertions: [{ name: 'orders', sql: 'SELECT 1', expected: '1' }],
      criticalTables: ['public.orders'],
    },
  },
  sqlite: {
    engine: 'sqlite',
    connection: { path: '/srv/app/*.db' },
    options: {
      ...commonSample,
      gentle: true,
      lockTimeoutMs: 2_000,
      writersMayWaitMs: 3_000,
      assertions: [{ name: 'orders', sql: 'SELECT 1', expected: '1' }],
      criticalTables: ['orders'],
    },
  },
  files: {
    engine: 'files',
    connection: { root: '/srv/files', include: ['docs/**'], exclude: ['*.tmp', 'cache'] },
    options: {
      ...commonSample,
      gentle: true,
      oneFileSystem: true,
      parallelism: 3,
      longestChain: 7,
    },
  },
}

const stored = (engine: Source['engine']): Source =>
  sourceSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    name: 'Shop',
    tags: ['production', 'shop team'],
    ...samples[engine],
    sample: false,
    catalog: false,
    retentionPause: null,
    protection: { dumps: true, continuous: false },
    inspection: null,
    inspectedAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  })

const builtIn = Object.values(samples).map(({ engine }) => engine)

describe('the form of a source', () => {
  it('offers engines that a stored source can have', () => {
    expect(offeredEngines.toSorted()).toEqual(Object.keys(engineContracts).toSorted())
  })

  describe.each(builtIn)('%s', (engine) => {
    it('sends what is stored when nothing was changed, as the contract takes it', () => {
      const source = stored(engine)
      const input = createSourceSchema.parse(sourceInputOf(valuesOfSource(source)))
      expect(input.options).toEqual(source.options)
      expect(source.connection).toMatchObject(input.connection)
      expect(input).toMatchObject({ name: source.name, tags: source.tags, engine })
    })

    it('takes the limits away that were emptied in an edit, and only those that can be', () => {
      const { options } = updateSourceSchema.parse(sourcePatchOf(emptied(valuesOfSource(stored(engine)))))
      const gone = Object.entries(options ?? {}).flatMap(([name, value]) => (value === null ? [name] : []))
      expect(gone.toSorted()).toEqual(engineContract(engine).removableOptions.toSorted())
    })

    it('leaves stored secrets alone and says so until they would lead elsewhere', () => {
      const source = stored(engine)
      const values = valuesOfSource(source)
      const names = engineContract(engine).secrets.map(({ name }) => name)
      expect(secretHintsOf(source, values)).toEqual(Object.fromEntries(names.map((name) => [name, keptSecretHint])))
      for (const name of names) expect(sourceInputOf(values).connection[name]).toBeUndefined()
      const moved = { ...values, connection: { ...values.connection, host: 'elsewhere' } }
      for (const hint of Object.values(secretHintsOf(source, moved))) expect(hint).toMatch(/^Enter it again: /)
    })

    it('begins with options that the contract takes as they are', () => {
      const { options } = sourceInputOf(emptySource(engine))
      const defaults = engineContract(engine).options.parse({})
      expect(engineContract(engine).enteredOptions.parse(options)).toEqual({ ...defaults, rpoObjectiveMs: 86_400_000 })
    })
  })
})

/** Every field that holds a number, and everything inside, as it is when it was emptied. */
function emptied(values: SourceValues): SourceValues {
  const empty = (value: unknown): unknown => {
    if (typeof value === 'number') return null
    if (typeof value === 'string') return ''
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, empty(inner)]))
  }
  const numbers = Object.entries(values.options).filter(([, value]) => typeof value === 'number' || isPlain(value))
  return {
    ...values,
    options: { ...values.options, ...Object.fromEntries(numbers.map(([name, value]) => [name, empty(value)])) },
  }
}

const isPlain = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
