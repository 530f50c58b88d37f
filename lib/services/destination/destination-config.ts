import {
  enteredS3ConfigSchema,
  localConfigSchema,
  s3ConfigSchema,
  type DestinationKind,
} from '@/lib/contracts/destination'
import { parseInput } from '../parse-input'

/** The write-only field of every kind; kinds without a secret never have it. */
export const destinationSecretField = 'secretAccessKey'

/** Fields that say where the objects lie: changing one loses sight of what is stored there. */
export const placeFields = ['path', 'bucket', 'prefix'] as const

/** Reads a stored config (without its secret) by the contract of its kind and fills in defaults. Throws `invalid-input`. */
export function parseDestinationConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return parseInput(kind === 'local' ? localConfigSchema : s3ConfigSchema, config, ['config'])
}

/** Checks a config as it was entered; stricter than what is read, see `lib/contracts/entered.ts`. Throws `invalid-input`. */
export function parseEnteredConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return parseInput(kind === 'local' ? localConfigSchema : enteredS3ConfigSchema, config, ['config'])
}
