import { expect, it } from 'vitest'
import type { Progress } from '@/lib/contracts/job'
import { PartProgress } from '@/worker/tasks/backup/part-progress'

it('adds up the progress of parts that are stored side by side, and trusts what was stored over what was expected', () => {
  const reports: Progress[] = []
  const parts = [
    { base: 'archive.dump', expectedBytes: 1_000 },
    { base: 'globals.sql' },
    { base: 'data-1.dump', expectedBytes: 500 },
  ]
  const progress = new PartProgress(parts, (report) => void reports.push(report))
  progress.update('archive.dump', { phase: 'uploading', doneBytes: 200, totalBytes: 1_000, ratePerSecondBytes: 100 })
  progress.update('data-1.dump', { phase: 'uploading', doneBytes: 100, totalBytes: 500, ratePerSecondBytes: 50 })
  expect(reports.at(-1)).toEqual({
    phase: 'uploading',
    doneBytes: 300,
    totalBytes: 1_500,
    ratePerSecondBytes: 150,
    etaMs: 8_000,
  })
  progress.done('data-1.dump', 700)
  progress.done('globals.sql', 10)
  expect(reports.at(-1)).toMatchObject({ doneBytes: 910, totalBytes: 1_710 })
  progress.done('archive.dump', 900)
  expect(reports.at(-1)).toEqual({ phase: 'uploading', doneBytes: 1_610 })
})
