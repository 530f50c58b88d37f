/** Bytes from `start` up to `end`, which is not part of it. */
export interface ByteRange {
  start: number
  end: number
}
