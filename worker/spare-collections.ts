import { setFlagsFromString } from 'node:v8'

/**
 * V8 collects the whole heap whenever 64 MB of buffers outside it have come since the last time, however short they live: for each
 * 64 MB of a stream it looked through all that the worker knows, which cost more than everything else. With this they count with the
 * heap, and the young generation's own, cheap collections free them. At runtime, because a Node without this flag would not start with it.
 */
export function spareCollections(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
