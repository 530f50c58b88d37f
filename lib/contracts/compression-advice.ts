import { z } from 'zod'
import { compressionSchema } from './engines/common'

/** One compression as it did on the sample. */
export const measuredCompressionSchema = z.object({
  compression: compressionSchema.exclude(['none']),
  level: z.number().int(),
  ratio: z.number().positive().meta({ description: 'Bytes in per byte out' }),
  bytesPerSecond: z.number().positive().meta({ description: 'Of input, by one compressor' }),
  /** Less than the sample where the time was up before its end. */
  measuredBytes: z.number().int(),
})
export type MeasuredCompression = z.infer<typeof measuredCompressionSchema>

/** Answer of `POST .../compression-advice`. */
export const compressionAdviceSchema = z.object({
  sampleBytes: z.number().int(),
  tables: z.array(z.string()).meta({ description: 'What the sample was read from, as schema.table' }),
  sourceBytesPerSecond: z.number().nullable().meta({ description: 'How fast the source delivered the sample' }),
  measured: z.array(measuredCompressionSchema),
  /** Programs that are not installed on the machine that measured. */
  unavailable: z.array(z.object({ compression: compressionSchema, remedy: z.string() })),
  recommended: z.object({ compression: compressionSchema, level: z.number().int() }),
  /** For people: `Your data: zstd 3 gives 4.1x at 310 MB/s.` */
  sentence: z.string(),
  reason: z.string(),
  durationMs: z.number(),
})
export type CompressionAdvice = z.infer<typeof compressionAdviceSchema>
