/** xorshift32: the same numbers on every machine, so that two runs dump the same bytes. */
export class Random {
  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return (this.state >>> 0) / 0x1_0000_0000
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }
}

const syllables = 'ba de fi go ku la me ni po ru sa te vi wo xu ze sch tra ble ing er on al ent'.split(' ')
const words = makeWords(6_000)
const states = ['new', 'paid', 'packed', 'shipped', 'delivered', 'returned']
const currencies = ['EUR', 'USD', 'GBP', 'CHF']

function makeWords(count: number): string[] {
  const random = new Random(77)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.below(4) }, () => syllables[random.below(syllables.length)]).join(''),
  )
}

/** Few words are frequent and many are rare, as in a language. */
function word(random: Random): string {
  return words[Math.floor(random.next() ** 3 * words.length)] ?? ''
}

export function sentence(random: Random, count: number): string {
  let text = word(random)
  for (let index = 1; index < count; index += 1) text += ` ${word(random)}`
  return text
}

/** One order as a shop keeps it: a line of COPY text, about 900 bytes. */
export function orderLine(random: Random, id: number): string {
  const items = Array.from({ length: 1 + random.below(4) }, () => ({
    sku: `SKU-${100_000 + random.below(9_000)}`,
    title: sentence(random, 3),
    quantity: 1 + random.below(5),
    priceCents: 99 + random.below(40_000),
  }))
  const createdAt = new Date(1_600_000_000_000 + id * 37_000 + random.below(30_000)).toISOString()
  const document = {
    customer: {
      id: random.below(200_000),
      name: sentence(random, 2),
      email: `${word(random)}.${word(random)}@example.org`,
    },
    currency: currencies[random.below(currencies.length)],
    state: states[random.below(states.length)],
    items,
    shipping: {
      street: `${sentence(random, 1)} ${random.below(200)}`,
      city: word(random),
      postcode: 10_000 + random.below(5_000),
    },
    createdAt,
    updatedAt: createdAt,
  }
  const note = sentence(random, 10 + random.below(60))
  return `${id}\t${createdAt}\t${document.state}\t${JSON.stringify(document)}\t${note}\n`
}
