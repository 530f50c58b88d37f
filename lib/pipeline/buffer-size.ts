/**
 * High-water mark of the stages, in bytes. Producers write 64 KiB at a time; this much between two stages lets each work
 * in runs instead of taking turns chunk by chunk, and still bounds a chain of ten stages to some 20 MB.
 */
export const stageBufferBytes = 1024 * 1024
