import type { Engine } from '@/lib/ports/engine'
import { inspect } from './inspect'
import { incremental, snapshot } from './snapshot/method'

export const files: Engine = {
  name: 'files',
  methods: { snapshot, incremental },
  inspect,
  programFindings: async () => [],
}
