/**
 * V8 counts buffers outside its heap when it decides to collect all of it, and the heap it starts with is so small that
 * a stream of encrypted chunks made it do so every few MB of them. A larger start costs memory, a smaller young
 * generation gives it back: with these, three backups of 2 GB peaked at 224 to 248 MiB.
 */
export const workerHeapFlags = ['--initial-old-space-size=80', '--max-semi-space-size=2']
