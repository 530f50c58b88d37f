import type { HandStep } from '@/lib/core/repository/hand-step'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { restoreGuide } from '@/lib/core/repository/restore-guide'
import type { BackupMethod } from '@/lib/ports/backup-method'

type About = Pick<Manifest, 'method' | 'source' | 'startedAt' | 'engineVersion' | 'tool' | 'parts'>

/** The bytes of a backup's RESTORE.md and the steps in it, from what its manifest says. */
export function writeGuide(method: BackupMethod, about: About): { bytes: Buffer; steps: HandStep[] } {
  const steps = method.howToRestore(about.parts, about)
  return { bytes: Buffer.from(restoreGuide(about, steps)), steps }
}
