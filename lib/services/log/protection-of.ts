import { protectionSchema, type Protection } from '@/lib/contracts/recovery/protection'

/** How a stored source is protected; what an older version did not store is as usual. */
export const protectionOf = (stored: unknown): Protection => protectionSchema.parse(stored ?? {})
