import { useSyncExternalStore } from 'react'
import { viewerTimeZone } from '@/lib/client/format/time'

const never = () => () => undefined

/** The viewer's zone. The server cannot know it and says UTC; the browser puts it right before anyone reads it. */
export function useViewerTimeZone(): string {
  return useSyncExternalStore(never, viewerTimeZone, () => 'UTC')
}
