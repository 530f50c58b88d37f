import type { KeyProvider } from '@/lib/ports/key-provider'
import { localKeys } from './local/provider'

/** Every key provider, by the name of its folder. */
export const keyProviders = { local: localKeys } satisfies Record<string, (settings: never) => KeyProvider>
