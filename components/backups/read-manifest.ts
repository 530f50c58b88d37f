import { manifestSchema, type Manifest } from '@/lib/contracts/repository/manifest'

/** The manifest when it is of a version that this screen knows; an unknown one is still shown as it is. */
export function readManifest(manifest: Record<string, unknown> | null): Manifest | null {
  const parsed = manifestSchema.safeParse(manifest)
  return parsed.success ? parsed.data : null
}
