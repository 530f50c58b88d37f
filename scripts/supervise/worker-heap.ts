/**
 * V8 counts buffers outside its heap when it decides to collect all of it, and the heap it starts with is so small that
 * a stream of encrypted chunks made it do so every few MB of them. A larger start costs
 * memory: with 128 MB one backup of 2 GB was seen to peak at 291 MiB.
 */
export const workerHeapFlags = ['--initial-old-space-size=96', '--max-semi-space-size=4']
