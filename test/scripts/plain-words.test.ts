import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, root } from '../helpers/source-files'

/** Words of a private dialect, and what everybody writes instead. */
const dialect: [words: RegExp, instead: string][] = [
  [/(?<!\bconst )\btold of\b/i, '"notified of", or what is "reported"'],
  [/\b(tell|tells|telling) of\b/i, '"report", "record", "show"'],
  [/\bwhoever\b/i, '"anyone who", or the role: the caller, the reader, the owner'],
  [/\bfor ever\b/i, '"forever" or "indefinitely", or nothing'],
  [/\b(make|makes|making|made) whole\b/i, '"repair"'],
  [/\b(is|are|was|were|be) at it\b/i, '"works on it"'],
  [/(?<!\bconst \w+ )\bof before\b/i, '"earlier"'],
  [/\bwhat (is|are|was|were) to be\b/i, 'what has to happen, in the active voice'],
  [/\b(is|are|was|were) to be done\b/i, '"needs to be done"'],
  [/\bwho (is|are|was|were) not there yet\b/i, '"who did not exist yet", "who joined later"'],
  [/\bfor the day it hurts\b/i, 'what is meant'],
  [/\b(is|are|none of|nothing of|of) ours\b/i, '"Holdfast\'s", or what it is'],
  [/\b(?<!\bnot )to be had\b|\bcannot be had\b/i, '"available", "possible"'],
  [/\bwithout a word\b/i, '"silently"'],
]

/** A text on one line, without the marks at the beginning of comment lines, so that wrapped words are found too. */
const flat = (text: string): string => text.replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/\/?|#|>)?\s*/g, ' ')

function found(text: string): string[] {
  const line = flat(text)
  return dialect.flatMap(([words, instead]) =>
    [...line.matchAll(new RegExp(words, 'gi'))].map(
      ({ 0: it, index }) => `"${it}" in "...${line.slice(Math.max(0, index - 30), index + 40)}...": write ${instead}`,
    ),
  )
}

/** Comments, messages, pages and the titles of tests; not this list itself, and not what earlier versions wrote. */
const notThese = /^test\/(scripts\/plain-words\.test\.ts|fixtures\/)/
const folders = ['app', 'bench', 'components', 'deploy', 'docs', 'e2e', 'lib', 'scripts', 'test', 'worker']
const files = [
  ...folders.flatMap(filesBelow).filter((file) => !notThese.test(file)),
  ...['README.md', 'CHANGELOG.md', 'prisma/schema.prisma', 'eslint.config.mjs', 'proxy.ts', 'instrumentation.ts'],
].filter((file) => /\.(ts|tsx|mjs|sh|md|ya?ml|prisma)$/.test(file))

describe('comments, messages and pages', () => {
  it('are searched for words that only we use, also where a line ends between them', () => {
    expect(found('/**\n * A channel is told\n * of it.\n */')).toEqual([expect.stringContaining('"told of"')])
    expect(found('  // It waits for\n  // ever, and Whoever asks is refused.')).toHaveLength(2)
    expect(found('- an alert is told\n  of once\n')).toHaveLength(1)
    expect(found('anyone who asks, two things told apart, forever, looked at it')).toEqual([])
  })

  it('have none of them', () => {
    expect(files.length).toBeGreaterThan(1_600)
    const wrong = files.flatMap((file) =>
      found(readFileSync(path.join(root, file), 'utf8')).map((what) => `${file}: ${what}`),
    )
    expect(wrong).toEqual([])
  })
})
