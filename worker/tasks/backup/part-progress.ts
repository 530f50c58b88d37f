import type { Progress } from '@/lib/contracts/job'

/** Adds up the progress of parts that are stored side by side. */
export class PartProgress {
  private readonly parts = new Map<string, Progress>()
  private readonly left: string[] = []

  constructor(
    expected: readonly { base: string; expectedBytes?: number }[],
    private readonly report: (progress: Progress) => void,
  ) {
    for (const { base, expectedBytes } of expected) {
      this.parts.set(base, {
        phase: 'uploading',
        doneBytes: 0,
        ...(expectedBytes ? { totalBytes: expectedBytes } : {}),
      })
    }
  }

  update(base: string, progress: Progress): void {
    this.parts.set(base, progress)
    this.report(this.sum())
  }

  /** The part is stored: what it really was replaces what was expected. */
  done(base: string, bytes: number): void {
    this.update(base, { phase: 'uploading', doneBytes: bytes, totalBytes: bytes })
  }

  /** A destination is not waited for any more. */
  without(name: string): void {
    this.left.push(name)
    this.report(this.sum())
  }

  /** Share of the source that was read, as far as sizes are known; null when they are not, or when all was read. */
  readShare(): number | null {
    const { doneBytes, totalBytes } = this.sum()
    return totalBytes === undefined ? null : doneBytes / totalBytes
  }

  private sum(): Progress {
    const all = [...this.parts.values()]
    const add = (value: (progress: Progress) => number) => all.reduce((total, progress) => total + value(progress), 0)
    const doneBytes = add((progress) => progress.doneBytes)
    const totalBytes = add((progress) => progress.totalBytes ?? progress.doneBytes)
    const rate = add((progress) => progress.ratePerSecondBytes ?? 0)
    const left = this.left.length > 0 ? `; too slow and copied afterwards: ${this.left.join(', ')}` : ''
    return {
      phase: `uploading${left}`,
      doneBytes,
      ...(totalBytes > doneBytes ? { totalBytes } : {}),
      ...(rate > 0 ? { ratePerSecondBytes: rate } : {}),
      ...(rate > 0 && totalBytes > doneBytes ? { etaMs: Math.round(((totalBytes - doneBytes) / rate) * 1_000) } : {}),
    }
  }
}
