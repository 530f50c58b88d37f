const steps = [
  { ms: 86_400_000, unit: 'd' },
  { ms: 3_600_000, unit: 'h' },
  { ms: 60_000, unit: 'min' },
  { ms: 1_000, unit: 's' },
] as const

/** A duration in its two largest units: `2 h 5 min`, `4.2 s`, `120 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`
  const first = steps.findIndex((step) => ms >= step.ms)
  const large = steps[first]
  if (!large) return `${Math.round(ms)} ms`
  const small = steps[first + 1]
  const whole = Math.floor(ms / large.ms)
  const rest = small ? Math.floor((ms % large.ms) / small.ms) : 0
  return small && rest > 0 ? `${whole} ${large.unit} ${rest} ${small.unit}` : `${whole} ${large.unit}`
}
