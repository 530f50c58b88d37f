/**
 * V8 counts buffers outside its heap when it decides to collect all of it, and the heap it starts with is so small that
 * a stream of encrypted chunks made it do so every 8 MB: a third of the worker's CPU time. From this size on it collects
 * as ever; the worker of a 2 GB backup stays below 300 MB with it (bench/RESULTS.md).
 */
export const workerHeapFlags = ['--initial-old-space-size=192']
