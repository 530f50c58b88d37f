import { localConfigSchema, s3ConfigSchema, type DestinationKind } from '@/lib/contracts/destination'
import { parseInput } from '../parse-input'

/** The write-only field of every kind; kinds without a secret never have it. */
export const destinationSecretField = 'secretAccessKey'

/** Fields that say where the objects lie: changing one loses sight of what is stored there. */
export const placeFields = ['path', 'bucket', 'prefix'] as const

/** Checks a destination's config (without its secret) against the contract of its kind and fills in defaults. Throws `invalid-input`. */
export function parseDestinationConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return kind === 'local'
    ? parseInput(localConfigSchema, config, ['config'])
    : parseInput(s3ConfigSchema, config, ['config'])
}
