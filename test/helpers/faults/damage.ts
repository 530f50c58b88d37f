import type { Random } from '../random'

export interface Damage {
  kind: 'flipped' | 'truncated' | 'extended' | 'deleted' | 'swapped' | 'replayed'
  description: string
  /** What the store holds now, by name; null: nothing. Never what it held before. */
  files: Map<string, Buffer | null>
}

/** The commonest twice. */
export const damageKinds = [
  'flipped',
  'flipped',
  'truncated',
  'extended',
  'deleted',
  'swapped',
  'swapped',
  'replayed',
] satisfies Damage['kind'][]

/**
 * What a broken disk, a cut upload or a mixed-up store makes of a backup's objects: one bit flipped, the end missing,
 * something behind the end, nothing at all, the bytes of another object (of this backup or of the other), or all objects of the other.
 */
export function makeDamage(
  random: Random,
  kind: Damage['kind'],
  own: Map<string, Buffer>,
  other: Map<string, Buffer>,
): Damage {
  for (;;) {
    const [name, bytes] = random.pick([...own])
    const damage = damageOf(random, kind, name, bytes, own, other)
    // Two backups may hold the same roles, byte for byte: then nothing was changed.
    const changed = [...damage.files].filter(([file, now]) => now === null || !own.get(file)?.equals(now))
    if (changed.length > 0) return { ...damage, kind, files: new Map(changed) }
  }
}

function damageOf(
  random: Random,
  kind: Damage['kind'],
  name: string,
  bytes: Buffer,
  own: Map<string, Buffer>,
  other: Map<string, Buffer>,
): Omit<Damage, 'kind'> {
  const one = (description: string, now: Buffer | null) => ({ description, files: new Map([[name, now]]) })
  if (kind === 'flipped') {
    const at = random.below(bytes.length)
    const bit = random.below(8)
    const now = Buffer.from(bytes)
    now[at] = (now[at] ?? 0) ^ (1 << bit)
    return one(`bit ${bit} of byte ${at} of ${name} flipped`, now)
  }
  if (kind === 'deleted') return one(`${name} deleted`, null)
  if (kind === 'truncated') {
    const length = random.below(4) === 0 ? bytes.length - 1 : random.below(bytes.length)
    return one(`${name} cut from ${bytes.length} to ${length} bytes`, bytes.subarray(0, length))
  }
  if (kind === 'extended') {
    const more = random.pick([Buffer.alloc(1), Buffer.from('\n'), Buffer.alloc(512), bytes, Buffer.from([255])])
    return one(`${more.length} bytes behind the end of ${name}`, Buffer.concat([bytes, more]))
  }
  if (kind === 'swapped') {
    const from = random.below(2) === 0 ? own : other
    const same = from === other ? from.get(name) : undefined
    const [taken, now] = same && random.below(2) === 0 ? [name, same] : random.pick([...from])
    return one(`${name} replaced by ${taken} of ${from === own ? 'the same' : 'another'} backup`, now)
  }
  const files = new Map([...other].filter(([file]) => own.has(file)))
  return { description: 'all objects replaced by those of another backup', files }
}
