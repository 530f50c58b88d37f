import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Compression } from '@/lib/contracts/engines/common'
import { findTool } from '@/lib/process/find-tool'

/** A standard program that compresses from stdin to stdout. */
export interface CodecProgram {
  file: string
  compress(level: number, threads: number): string[]
  decompress: string[]
  /** What it says, with exit 0, when something follows the end. */
  warnsOfMore?: RegExp
  /** The last bytes of what it writes, where the program itself lets something follow them. */
  ending?: Buffer
  /** Packages that hold it. */
  packages: { debian: string; others: string }
}

export type ProgramCodec = 'zstd' | 'lz4' | 'bzip2' | 'xz'

export const codecPrograms: Record<ProgramCodec, CodecProgram> = {
  zstd: {
    file: 'zstd',
    compress: (level, threads) => ['-q', '-c', `-${level}`, ...(threads > 1 ? [`-T${threads}`] : [])],
    decompress: ['-q', '-d', '-c'],
    packages: { debian: 'zstd', others: 'zstd' },
  },
  lz4: {
    file: 'lz4',
    compress: (level) => ['-q', '-z', '-c', `-${level}`],
    decompress: ['-q', '-d', '-c'],
    packages: { debian: 'lz4', others: 'lz4' },
  },
  bzip2: {
    file: 'bzip2',
    compress: (level) => ['-q', '-z', '-c', `-${level}`],
    // Not quiet: garbage after the end is a warning only, and exit 0.
    decompress: ['-d', '-c'],
    warnsOfMore: /trailing garbage/,
    packages: { debian: 'bzip2', others: 'bzip2' },
  },
  xz: {
    file: 'xz',
    compress: (level, threads) => ['-q', '-z', '-c', `-T${threads}`, `-${level}`],
    // Level 9 needs 65 MiB to read. One thread: newer versions take all cores, and memory for each.
    decompress: ['-d', '-c', '-T1', '--memlimit-decompress=256MiB'],
    // The format lets zeros follow, which are not part of the data.
    ending: Buffer.from('YZ'),
    packages: { debian: 'xz-utils', others: 'xz' },
  },
}

/** True for what is done by a program or not at all; zstd and gzip are also in this process's own library. */
export function needsProgram(compression: Compression): compression is Exclude<ProgramCodec, 'zstd'> {
  return compression === 'lz4' || compression === 'bzip2' || compression === 'xz'
}

export function isCodecInstalled(compression: Compression): boolean {
  return !needsProgram(compression) || findTool(codecPrograms[compression].file) !== null
}

/**
 * Throws `command-missing`, with the package to install, when this machine cannot do the compression. For calling before
 * a dump is started or an object fetched: trouble that can be known beforehand costs nothing then.
 */
export function requireCodec(compression: Compression): void {
  if (!needsProgram(compression) || isCodecInstalled(compression)) return
  const { file, packages } = codecPrograms[compression]
  throw new HoldfastError('command-missing', `The program ${file} is not installed on this machine.`, {
    remedy:
      `Debian or Ubuntu: apt-get install ${packages.debian}. Others: install the package ${packages.others}. ` +
      'New backups can use another compression instead: it is an option of the source.',
    facts: { command: file, package: packages.debian },
  })
}
