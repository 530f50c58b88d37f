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

const pathOf = (config: unknown) => localConfigSchema.safeParse(config).data?.path

export const localContract = {
  title: 'Local folder',
  config: localConfigSchema,
  enteredConfig: localConfigSchema,
  secrets: [],
  placeFields: ['path'],
  place: (config) => pathOf(config) ?? '',
  readPlace: (place) => (place.startsWith('/') ? { path: place } : null),
  addresses: () => [],
  distance: 'near',
  certificate: () => null,
  localFolder: (config) => pathOf(config) ?? null,
  storageClasses: [],
  lifecycle: false,
  protection: [],
  defaultClass: () => 'local',
} satisfies DestinationContract
