import { type Duplex, type Readable, finished } from 'node:stream'

/**
 * Joins stages and gives the last one, to be read. A stage's failure destroys the last one with the translated error, and
 * destroying the last one ends all of them. (`pipeline` would destroy the last stage with the raw error of zlib.)
 */
export function chain(source: Readable, stages: readonly Duplex[], translate: (error: unknown) => Error): Readable {
  const last = stages.at(-1) ?? source
  let from = source
  for (const stage of stages) {
    finished(from, { writable: false }, (error) => {
      if (error) last.destroy(translate(error))
    })
    from = from.pipe(stage)
  }
  last.once('close', () => {
    for (const stage of [source, ...stages]) stage.destroy()
  })
  return last
}
