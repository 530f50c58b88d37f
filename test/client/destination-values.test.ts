import { describe, expect, it } from 'vitest'
import {
  destinationInputOf,
  destinationPatchOf,
  emptyDestination,
  secretHintsOf,
  valuesOfDestination,
  type DestinationValues,
} from '@/components/destinations/destination-values'
import { kindScreens, offeredKinds } from '@/components/destinations/kinds'
import { createDestinationSchema, type Destination } from '@/lib/contracts/destination'
import { destinationContracts, destinationKinds, type DestinationKind } from '@/lib/contracts/destinations/index'
import { destinationOptionsSchema } from '@/lib/contracts/operations'

/** One whole config of every kind; the compiler asks for those of new ones. */
const configs: Record<DestinationKind, Record<string, unknown>> = {
  local: { path: '/var/backups/holdfast' },
  s3: {
    endpoint: 'https://s3.example.com',
    region: 'eu-west-1',
    bucket: 'backups',
    prefix: 'shop',
    forcePathStyle: true,
    accessKeyId: 'AKIA',
    storageClass: 'STANDARD_IA',
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'key',
    lifecycleSafetyNet: false,
    safetyNetDays: 90,
  },
}

const stored = (kind: DestinationKind): Destination => ({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Offsite',
  kind,
  config: configs[kind],
  hasSecret: true,
  probe: null,
  probedAt: null,
  options: destinationOptionsSchema.parse({
    site: 'here',
    capacityBytes: 2_500_000_000,
    transitions: [{ afterDays: 30, storageClass: 'STANDARD_IA' }],
  }),
  retentionPolicyId: null,
  care: {},
  usage: { backupCount: 0, storedBytes: 0 },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
})

describe('the form of a destination', () => {
  it('offers every kind that there is', () => {
    expect(offeredKinds.toSorted()).toEqual(destinationKinds.toSorted())
  })

  describe.each(destinationKinds)('%s', (kind) => {
    it('sends what is stored when nothing was changed, as the contract takes it', () => {
      const destination = stored(kind)
      const input = destinationInputOf(valuesOfDestination(destination))
      const { config, options } = createDestinationSchema.parse(input)
      expect(config).toEqual(destination.config)
      expect(options).toEqual({ ...destination.options, alwaysWait: false })
    })

    it('leaves the stored secrets alone, and says so', () => {
      const destination = stored(kind)
      const { config } = destinationPatchOf(valuesOfDestination(destination))
      const names = destinationContracts[kind].secrets.map(({ name }) => name)
      for (const name of names) expect(config[name]).toBeUndefined()
      expect(Object.keys(secretHintsOf(destination, valuesOfDestination(destination)))).toEqual(names)
    })

    it('has a field for everything that the contract can store', () => {
      expect(Object.keys(kindScreens[kind].empty)).toEqual(
        expect.arrayContaining(Object.keys(destinationContracts[kind].config.shape)),
      )
    })

    it('reads a config from before that lacks everything', () => {
      expect(kindScreens[kind].valuesOf({})).toEqual(kindScreens[kind].empty)
    })

    it('is called by its place', () => {
      const place = destinationContracts[kind].place(configs[kind])
      expect(place).toBe({ local: '/var/backups/holdfast', s3: 's3://backups/shop' }[kind])
    })
  })

  it('takes the limits away that were emptied in an edit', () => {
    const values: DestinationValues = { ...emptyDestination, name: 'Offsite' }
    expect(destinationPatchOf(values).options).toMatchObject({ site: null, capacityBytes: null, monthlyBudget: null })
  })
})
