import { type BuiltInFormat, builtInFormats } from '@/lib/contracts/encryption'
import { type Compression, compressionSchema } from '@/lib/contracts/engines/common'

/** How an object of a log was stored, as its key has it. */
export function storedForm({ compression, period }: { compression: string; period: number | null }): {
  compression: Compression
  encryption: BuiltInFormat | 'none'
} {
  return {
    compression: compressionSchema.parse(compression),
    encryption: period === null ? 'none' : builtInFormats[0],
  }
}
