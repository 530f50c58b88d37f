import { localConfigSchema } from '@/lib/contracts/destinations/local'

export interface LocalValues {
  path: string
}

export const noFolder: LocalValues = { path: '' }

export const localValuesOf = (config: unknown): LocalValues => localConfigSchema.safeParse(config).data ?? noFolder

export const localConfigOf = ({ path }: LocalValues) => ({ path: path.trim() })
