import { z } from 'zod'
import type { DestinationContract } from './destination-contract'

/** A folder on the worker's machine. */
export const localConfigSchema = z.object({
  path: z
    .string()
    .min(1)
    .refine((p) => p.startsWith('/'), 'Enter an absolute path, such as /var/backups/holdfast'),
})
export type LocalConfig = z.infer<typeof localConfigSchema>

export const localContract = {
  config: localConfigSchema,
  enteredConfig: localConfigSchema,
  secrets: [],
  placeFields: ['path'],
  addresses: () => [],
  distance: 'near',
  certificate: () => null,
  localFolder: (config) => localConfigSchema.safeParse(config).data?.path ?? null,
  defaultClass: () => 'local',
} satisfies DestinationContract
