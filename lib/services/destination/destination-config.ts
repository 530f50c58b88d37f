import { localConfigSchema, s3ConfigSchema, type DestinationKind } from '@/lib/contracts/destination'

/** Checks a destination's config (without its secret) against the contract of its kind and fills in defaults. */
export function parseDestinationConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return kind === 'local' ? localConfigSchema.parse(config) : s3ConfigSchema.parse(config)
}
