import type { Engine } from '@/lib/ports/engine'
import { postgres } from './postgres/engine'

/** Every engine there is, by name. */
export const engines: Record<string, Engine> = { postgres }
