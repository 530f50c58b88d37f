import { matchesGlob } from 'node:path'

/** What of a tree is backed up: by patterns of its paths. */
export interface Choice {
  /** Left out, a folder with everything in it. */
  isExcluded(path: string): boolean
  /** Wanted by itself, a folder with everything in it. */
  isIncluded(path: string): boolean
  /** Without patterns everything is wanted. */
  wantsAll: boolean
}

/** A pattern without a slash is meant for names at any depth, as in .gitignore; one with a slash for paths from the root on. */
export function chosenBy(include: readonly string[], exclude: readonly string[]): Choice {
  const matcher = (patterns: readonly string[]) => {
    const anywhere = patterns
      .map((pattern) => pattern.replace(/\/$/, ''))
      .map((one) => (one.includes('/') ? one : `**/${one}`))
    return (path: string) => anywhere.some((pattern) => matchesGlob(path, pattern))
  }
  return { isExcluded: matcher(exclude), isIncluded: matcher(include), wantsAll: include.length === 0 }
}
