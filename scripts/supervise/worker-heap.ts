/**
 * V8 counts buffers outside its heap when it decides to collect all of it, and the heap it starts with is so small that
 * a stream of encrypted chunks made it do so every few MB of them. A larger start costs memory: 128 MB keeps the worker
 * under 300 MB during a backup; its peak is in bench/RESULTS.md.
 */
export const workerHeapFlags = ['--initial-old-space-size=128']
