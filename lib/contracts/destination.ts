import { z } from 'zod'
import { atLeastOne, failureSchema, idSchema, patchOf, timeSchema } from './common'
import {
  destinationContracts,
  type DestinationKind,
  destinationKinds,
  destinationKindSchema,
} from './destinations/index'
import type { DestinationContract } from './destinations/destination-contract'
import { isNoConnection, noConnection } from './entered'
import { destinationOptionsSchema } from './operations'
import { longestOf } from './stored-secret'

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100).refine(isNoConnection, noConnection)
const common = { name: nameSchema, options: destinationOptionsSchema.prefault({}) }

/** A destination of one kind as it is entered, with its secrets. */
const newDestination = (kind: DestinationKind) => {
  const { enteredConfig, secrets }: DestinationContract = destinationContracts[kind]
  const fields = Object.fromEntries(
    secrets.map((secret) => [secret.name, z.string().max(longestOf(secret)).optional()]),
  )
  return z.object({ ...common, kind: z.literal(kind), config: enteredConfig.safeExtend(fields) })
}
const newDestinations = destinationKinds.map(newDestination)

export type CreateDestination = {
  [K in DestinationKind]: {
    name: string
    kind: K
    config: z.output<(typeof destinationContracts)[K]['enteredConfig']> &
      Partial<Record<(typeof destinationContracts)[K]['secrets'][number]['name'], string>>
    options: z.output<typeof destinationOptionsSchema>
  }
}[DestinationKind]
// The members are what CreateDestination says of each kind; the compiler cannot follow that through the list of kinds.
export const createDestinationSchema = z.discriminatedUnion(
  'kind',
  atLeastOne(newDestinations),
) as unknown as z.ZodType<CreateDestination>

/** `POST /api/v1/admin/destinations/test`: settings that are not stored yet. */
export const testDestinationSchema = z.discriminatedUnion(
  'kind',
  atLeastOne(newDestinations.map((destination) => destination.extend({ name: nameSchema.default('New destination') }))),
) as unknown as z.ZodType<CreateDestination>

/** `config` and `options` are merged over the stored ones; an absent secret keeps the stored one, null removes an option. */
export const updateDestinationSchema = z.object({
  name: nameSchema.optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  /** A retention policy of its own for the copies it holds; null: that of each source's schedules. */
  retentionPolicyId: idSchema.nullable().optional(),
  options: patchOf(destinationOptionsSchema)
    .extend({
      site: destinationOptionsSchema.shape.site.nullable(),
      capacityBytes: destinationOptionsSchema.shape.capacityBytes.nullable(),
      monthlyBudget: destinationOptionsSchema.shape.monthlyBudget.nullable(),
    })
    .optional(),
})
export type UpdateDestination = z.infer<typeof updateDestinationSchema>

/** One thing the probe tried. `unsupported` is a fact about the store, not a failure. */
export const probeCheckSchema = z.object({
  name: z.enum([
    'write',
    'read',
    'list',
    'delete',
    'multipart',
    'checksums',
    'conditional-writes',
    'lifecycle',
    'versioning',
    'object-lock',
    'free-space',
  ]),
  result: z.enum(['ok', 'unsupported', 'failed']),
  detail: z.string().optional(),
})
export type ProbeCheck = z.infer<typeof probeCheckSchema>

/** Answer of `POST .../{id}/test`. `ok` means that write, read, list and delete worked. */
export const probeReportSchema = z.object({
  ok: z.boolean(),
  error: failureSchema.optional(),
  checks: z.array(probeCheckSchema),
  /** What the store says it holds and has left, where it says so. */
  space: z.object({ totalBytes: z.number().int(), freeBytes: z.number().int() }).optional(),
  durationMs: z.number(),
  /** Looks of the watcher that failed one after another; absent in a report that a person asked for. */
  failedInARow: z.number().int().min(0).optional(),
})
export type ProbeReport = z.infer<typeof probeReportSchema>

/** A lifecycle rule of Holdfast in the store, as it was last reconciled. */
const ruleStateSchema = z.object({
  state: z.enum(['installed', 'present', 'refused', 'unsupported', 'absent']),
  detail: z.string().optional(),
  at: timeSchema,
})

/** What the regular looks at a destination found last. */
export const storageCareSchema = z.object({
  /** The rule that ends stale uploads and expires objects far behind retention. */
  safetyNet: ruleStateSchema.optional(),
  /** The rule that moves objects to other storage classes by age. */
  transitions: ruleStateSchema.optional(),
  inventory: z
    .object({
      at: timeSchema,
      objects: z.number().int(),
      bytes: z.number().int(),
      unknownObjects: z.number().int(),
      unknownBytes: z.number().int(),
      /** Copies that the catalog has and the store has not, or not whole. */
      brokenCopies: z.number().int(),
    })
    .optional(),
  reverify: z
    .object({
      at: timeSchema,
      copies: z.number().int(),
      bytes: z.number().int(),
      brokenCopies: z.number().int(),
      /** Copies in classes that cannot be read without bringing them back. */
      archivedCopies: z.number().int(),
      /** Objects of followed logs that were read, and those that were damaged or missing; absent in what an older version noted. */
      logObjects: z.number().int().optional(),
      brokenLogObjects: z.number().int().optional(),
      /** When the copy or segment that was not read for longest was last known to be whole. */
      oldestReadAt: timeSchema.nullable(),
    })
    .optional(),
})
export type StorageCare = z.infer<typeof storageCareSchema>

export const destinationSchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: destinationKindSchema,
  /** As stored, without the secret. */
  config: z.record(z.string(), z.unknown()),
  hasSecret: z.boolean(),
  probe: probeReportSchema.nullable(),
  probedAt: timeSchema.nullable(),
  options: destinationOptionsSchema,
  retentionPolicyId: idSchema.nullable(),
  care: storageCareSchema,
  usage: z.object({ backupCount: z.number().int(), storedBytes: z.number().int() }),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Destination = z.infer<typeof destinationSchema>

/** An object in the store that the catalog does not know. */
export const unknownObjectSchema = z.object({
  key: z.string(),
  sizeBytes: z.number().int(),
  /** By the clock of the store, which may be wrong; null where the store does not say. */
  lastModified: timeSchema.nullable(),
  /** By our own clock. */
  firstSeenAt: timeSchema,
  /** Seen first long enough ago to be removed by a clean-up. */
  removable: z.boolean(),
})
export type UnknownObject = z.infer<typeof unknownObjectSchema>

/** Answer of `GET .../{id}/unknown-objects`: the largest first, at most 200 of them. */
export const unknownObjectsSchema = z.object({
  items: z.array(unknownObjectSchema),
  count: z.number().int(),
  sizeBytes: z.number().int(),
  removableCount: z.number().int(),
  removableBytes: z.number().int(),
})
export type UnknownObjects = z.infer<typeof unknownObjectsSchema>

/** `POST .../{id}/cleanup-unknown`: refused unless so many objects can be removed now, as the list showed. */
export const cleanupUnknownSchema = z.object({ count: z.number().int().min(1) })
