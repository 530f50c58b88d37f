const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes as people read them, in binary units: 1536 is `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  const sign = bytes < 0 ? '-' : ''
  const text = value.toFixed(digits)
  return `${sign}${text.includes('.') ? text.replace(/\.?0+$/, '') : text} ${units[unit]}`
}

/** Marks of an axis from zero to at least `max`, at most five steps, each a round number of one unit. */
export function byteTicks(max: number): number[] {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(max, 1)) / 10))
  const raw = max / unit / 4 || 1
  const power = 10 ** Math.floor(Math.log10(raw))
  const round = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10
  const step = Math.max(round * power * unit, 1)
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, index) => Math.round(index * step))
}
