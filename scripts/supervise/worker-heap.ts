/**
 * V8 counts buffers outside its heap when it decides to collect all of it, and the heap it starts with is so small that
 * a stream of encrypted chunks made it do so every 8 MB of them: 27 times for three dumps of 269 MB, 4 times with this.
 * The worker's peak during a backup is in bench/RESULTS.md.
 */
export const workerHeapFlags = ['--initial-old-space-size=192']
