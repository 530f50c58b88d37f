import type { Compression } from '../../contracts/engines/common'

/** Levels a compression knows, the one to begin with, and whether it can use several threads. */
export interface CompressionLevels {
  least: number
  most: number
  usual: number
  threaded: boolean
}

export const compressionLevels: Record<Exclude<Compression, 'none'>, CompressionLevels> = {
  zstd: { least: 1, most: 19, usual: 2, threaded: true },
  gzip: { least: 1, most: 9, usual: 6, threaded: false },
  lz4: { least: 1, most: 12, usual: 1, threaded: false },
  bzip2: { least: 1, most: 9, usual: 9, threaded: false },
  xz: { least: 1, most: 9, usual: 1, threaded: true },
}

/** The level as the compression takes it: what is above its highest counts as the highest. */
export function usableLevel(compression: Exclude<Compression, 'none'>, level: number): number {
  const { least, most } = compressionLevels[compression]
  return Math.min(Math.max(level, least), most)
}
