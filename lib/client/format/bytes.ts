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
