import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sandbox } from '@/lib/sandbox/open-sandbox'

/** Where a cluster goes in a sandbox. A subordinate user's folder is closed to the worker, which is another user to the kernel. */
export async function makePlaces({
  confinement,
  data,
  work,
}: Pick<Sandbox, 'confinement' | 'data' | 'work'>): Promise<{ folder: string; data: string }> {
  const folder = confinement.user.kind === 'sub' ? join(work, 'recovered') : data
  await mkdir(join(folder, 'tablespaces'), { recursive: true, mode: 0o700 })
  return { folder, data: join(folder, 'cluster') }
}
