import type { HistoryCase, HistoryResults } from '../history'

/** Judged: the 95th of a hundred requests is answered within this. */
const limitMs = 50

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

/** The large instance, or nothing when it was left out. */
export function historySection(history: HistoryResults | null): string[] {
  if (!history) return []
  const p95 = ({ timesMs }: HistoryCase) =>
    percentile(
      timesMs.toSorted((a, b) => a - b),
      0.95,
    )
  const slow = history.cases.filter((one) => one.judged && p95(one) > limitMs)
  const slowest = Math.max(...history.cases.filter((one) => one.judged).map(p95))
  const verdict =
    slow.length === 0
      ? `Lists and overview stay under ${limitMs} ms at the 95th percentile; the slowest needs **${slowest.toFixed(0)} ms**.`
      : `**Over ${limitMs} ms at the 95th percentile:** ${slow.map(({ name }) => name).join('; ')}.`
  return [
    `## Lists and overview of a large instance

A catalog of ${history.sources.toLocaleString('en')} sources with ${history.rows.toLocaleString('en')} backups and two copies of each good one (${(history.catalogBytes / 1e9).toFixed(1)} GB; made in ${(history.seedMs / 1_000).toFixed(0)} s).
Requests go through the routes' own handlers, from the token to the last byte of the answer; only the socket is left
out. ${history.cases[0]?.timesMs.length ?? 0} of each, one after another, in ms.

| Request | p50 | p95 | Most | Answer, kB |
|---|---|---|---|---|
${history.cases.map(row).join('\n')}

- ${verdict}`,
  ]
}

function row({ name, timesMs, bytes }: HistoryCase): string {
  const sorted = timesMs.toSorted((a, b) => a - b)
  const cells = [percentile(sorted, 0.5), percentile(sorted, 0.95), sorted.at(-1) ?? Number.NaN]
  return `| ${name} | ${cells.map((ms) => ms.toFixed(1)).join(' | ')} | ${(bytes / 1_000).toFixed(0)} |`
}
