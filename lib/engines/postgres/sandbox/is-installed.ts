import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'

/** Whether a server has a library: beside its programs, by the layouts of Debian, Red Hat and PostgreSQL's own, and of Homebrew. */
export function isInstalled({ folder }: Installation, library: string): boolean {
  return ['../lib', '../lib/postgresql'].some((place) =>
    ['so', 'dylib'].some((kind) => existsSync(join(folder, place, `${library}.${kind}`))),
  )
}
