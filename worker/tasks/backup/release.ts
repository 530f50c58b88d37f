import type { BackupSession } from '@/lib/ports/backup-method'

/**
 * Lets go of the source as soon as every part was read, and not when the last destination has stored it: the session's
 * snapshot holds back vacuum.
 */
export class Release {
  private unread: number
  private released: Promise<void> | null = null

  constructor(private readonly session: Pick<BackupSession, 'parts' | 'confirm' | 'close'>) {
    this.unread = session.parts.length
  }

  partIsRead(): void {
    this.unread -= 1
    if (this.unread > 0) return
    this.released = this.release()
    // `done` reports it later; until then an unhandled rejection would end the process.
    this.released.catch(() => undefined)
  }

  /** To be awaited when all parts are stored: rejects when what was read need not be the source's. */
  get done(): Promise<void> {
    return this.released ?? Promise.reject(new Error('A part was stored that was not read to its end'))
  }

  private async release(): Promise<void> {
    await this.session.confirm()
    await this.session.close()
  }
}
