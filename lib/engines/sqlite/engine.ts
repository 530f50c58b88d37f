import type { Engine } from '@/lib/ports/engine'
import { inspect } from './inspect'
import { snapshot } from './snapshot/method'

export const sqlite: Engine = {
  name: 'sqlite',
  methods: { snapshot },
  inspect,
  // SQLite comes with the worker itself.
  programFindings: async () => [],
}
