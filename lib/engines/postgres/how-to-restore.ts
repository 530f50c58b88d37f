import { backupKeyFile, unwrapCommand } from '@/lib/core/repository/checking-signature'
import type { PartRole } from '@/lib/core/repository/manifest'

interface StoredFile {
  role: PartRole
  file: string
  compression: string
  encrypted: boolean
}

const unpack: Record<string, string> = {
  zstd: 'zstd -dc',
  gzip: 'gzip -dc',
  lz4: 'lz4 -dc',
  bzip2: 'bzip2 -dc',
  xz: 'xz -dc',
}

/** One shell pipeline that turns a stored file into its plain bytes. */
function reading(part: StoredFile): string {
  const steps = [
    part.encrypted ? `age -d -i ${backupKeyFile} ${part.file}` : `cat ${part.file}`,
    ...(unpack[part.compression] ? [unpack[part.compression]] : []),
  ]
  return steps.join(' | ')
}

function restoring(archive: StoredFile, files: StoredFile[]): string[] {
  const data = files.filter((file) => file.role === 'data')
  const restore = 'pg_restore --exit-on-error'
  const steps =
    data.length === 0
      ? [`Restore: ${reading(archive)} | ${restore} -d restored`]
      : [
          'The rows of large tables are in files of their own: they go between the tables and their indexes.',
          `Tables: ${reading(archive)} > archive.dump && ${restore} --section=pre-data -d restored archive.dump`,
          `Rows: ${restore} --section=data -d restored archive.dump`,
          ...data.map((file) => `Rows: ${reading(file)} | ${restore} --section=data -d restored`),
          `Indexes and constraints: ${restore} --section=post-data -j 4 -d restored archive.dump`,
        ]
  return [...steps, 'Without the roles: add --no-owner --no-privileges to pg_restore.']
}

/** For the manifest: how to restore with standard tools alone. */
export function howToRestore(files: StoredFile[], major: number): string[] {
  const globals = files.find((file) => file.role === 'globals')
  const archive = files.find((file) => file.role === 'archive')
  const encrypted = files.some((file) => file.encrypted)
  const unpackers = [...new Set(files.map((file) => file.compression))].filter((name) => name in unpack)
  const needed = [
    `the PostgreSQL client programs of version ${major} or newer`,
    ...(encrypted ? ['age'] : []),
    ...unpackers,
  ]
  return [
    `You need ${needed.join(', ')}.`,
    ...(encrypted ? [`Unwrap the key of this backup with your recovery kit: ${unwrapCommand}`] : []),
    ...(globals
      ? [
          `Roles (skip what exists; messages about existing roles are harmless): ${reading(globals)} | psql -X -d postgres`,
        ]
      : []),
    'Make an empty database: createdb -T template0 restored',
    ...(archive ? restoring(archive, files) : []),
    ...(encrypted ? [`Remove ${backupKeyFile} afterwards.`] : []),
  ]
}
