import { shellQuote } from '@/lib/core/repository/hand-reading'
import type { RecoveryWords } from '../engine-screen'

export const postgresRecovery: RecoveryWords = {
  position: {
    label: 'A position in the log (LSN)',
    hint: 'Everything that was written before it, as pg_current_wal_lsn() answered it.',
    example: '0/3000148',
  },
  transaction: {
    label: 'A transaction',
    hint: 'Up to its commit, and with it. Its number, as pg_current_xact_id() answered it.',
    example: '771',
  },
  startCommand: (folder) => `pg_ctl -D ${shellQuote(folder)} start`,
  startNote: 'By the user that the files belong to, with the programs of the same major version.',
}
