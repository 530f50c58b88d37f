import { z } from 'zod'
import { destinationKindSchema, type DestinationKind } from '@/lib/contracts/destinations/index'
import type { KindScreen } from './kind-screen'
import { localScreen } from './local/screen'
import { s3Screen } from './s3/screen'

/** The only list of how kinds of destinations are entered, in the order in which they are offered. */
export const kindScreens: Record<DestinationKind, KindScreen> = {
  s3: s3Screen,
  local: localScreen,
}

export const offeredKinds = z.tuple([destinationKindSchema], destinationKindSchema).parse(Object.keys(kindScreens))
