interface StoredFile {
  role: 'archive' | 'globals'
  file: string
  compression: string
  encrypted: boolean
}

const unpack: Record<string, string> = { zstd: 'zstd -dc', gzip: 'gzip -dc' }

/** One shell pipeline that turns a stored file into its plain bytes. */
function reading(part: StoredFile): string {
  const steps = [
    part.encrypted ? `age -d -i identity.txt ${part.file}` : `cat ${part.file}`,
    ...(unpack[part.compression] ? [unpack[part.compression]] : []),
  ]
  return steps.join(' | ')
}

/** For the manifest: how to restore with standard tools alone. */
export function howToRestore(files: StoredFile[], major: number): string[] {
  const globals = files.find((file) => file.role === 'globals')
  const archive = files.find((file) => file.role === 'archive')
  const encrypted = files.some((file) => file.encrypted)
  return [
    `You need the PostgreSQL client programs of version ${major} or newer${encrypted ? ', age' : ''}${files.some((f) => f.compression === 'zstd') ? ', zstd' : ''}.`,
    ...(encrypted
      ? [
          'Unwrap the identity of this backup with your recovery key: age -d -i recovery-key.txt identity.age > identity.txt',
        ]
      : []),
    ...(globals
      ? [
          `Roles (skip what exists; messages about existing roles are harmless): ${reading(globals)} | psql -X -d postgres`,
        ]
      : []),
    'Make an empty database: createdb -T template0 restored',
    ...(archive
      ? [
          `Restore: ${reading(archive)} | pg_restore --exit-on-error -d restored`,
          'Without the roles: add --no-owner --no-privileges to pg_restore.',
        ]
      : []),
    ...(encrypted ? ['Remove identity.txt afterwards.'] : []),
  ]
}
