import type { Measure } from '@/lib/contracts/repository/measure'

/** Something that an engine counted: what the data is made of, and what holds it. */
export const items = (name: string, value: number): Measure => ({ name, of: 'items', unit: 'count', value })
export const containers = (name: string, value: number): Measure => ({ name, of: 'containers', unit: 'count', value })
