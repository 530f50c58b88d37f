import { z } from 'zod'
import { checksumAlgorithms } from '../base-tar/file-checksum'

/** What a process that unpacks is asked; `bytes` are the archive's. */
export const unpackTask = z.object({
  folder: z.string(),
  algorithm: z.enum(checksumAlgorithms),
  bytes: z.number().int(),
})
export type UnpackTask = z.infer<typeof unpackTask>

/** What it answers, a line each: how much it has read, what it has written, and at its end why it gave up. */
export const unpackAnswer = z.union([
  z.object({ bytes: z.number().int() }),
  z.object({ file: z.object({ path: z.string(), size: z.number().int(), checksum: z.string() }) }),
  z.object({ damaged: z.string() }),
  z.object({ failed: z.object({ code: z.string(), message: z.string() }) }),
])
export type UnpackAnswer = z.infer<typeof unpackAnswer>
