// docs/reference/errors.md, from lib/contracts/error-code.ts.
import path from 'node:path'
import esbuild from 'esbuild'

/** The page in Markdown. */
export async function errorsPage(root) {
  const { errorGroups } = await load(path.join(root, 'lib/contracts/error-code.ts'))
  const entries = Object.values(errorGroups).flatMap((group) => Object.entries(group))
  return [
    '# Errors',
    '<!-- Made by scripts/docs.mjs from lib/contracts/errors; change it there. -->',
    intro,
    '## By HTTP status',
    byStatus(entries).join('\n'),
    ...Object.entries(errorGroups).flatMap(([title, group]) => [
      `## ${title}`,
      ...Object.entries(group).flatMap(([code, entry]) => chapter(code, entry)),
    ]),
    '',
  ].join('\n\n')
}

const intro = `Every error has a code. It stands in \`code\` of an answer of the [HTTP API](../http-api.md), in \`error.code\` of jobs,
backups, restores, restore tests and copies, in the log, and in the output of \`npm run holdfast -- VERB --json\`. The message beside it
says what happened in your case, and \`remedy\` what to do; this page says what the code means in general.

Codes are stable, and new ones come with new releases: a program treats one that it does not know by its HTTP status. What an
earlier release has stored may carry a code that is gone. An error that ends a job is no answer by itself: the status here is that of an answer
with this code. The command line ends with status 1 where no other is given.`

function byStatus(entries) {
  const rows = Map.groupBy(entries, ([, { status }]) => status)
  return [...rows.keys()]
    .sort((a, b) => a - b)
    .map((status) => {
      if (status === 422) return '- **422**: all others; **503** instead when the trouble may pass by itself'
      const codes = rows.get(status).map(([code]) => `[\`${code}\`](#${code})`)
      return `- **${status}**: ${codes.join(', ')}`
    })
}

function chapter(code, { status, exit, cause, remedy }) {
  const ends = exit === undefined ? '' : `, exit status ${exit}`
  return [`### \`${code}\``, `HTTP ${status}${ends}. ${cause}`, `**What to do:** ${remedy}`]
}

/** A module of TypeScript that imports nothing but its like. */
async function load(entry) {
  try {
    const { outputFiles } = await esbuild.build({ entryPoints: [entry], bundle: true, format: 'esm', write: false })
    return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
  } finally {
    // Its service process would outlive what it was started for.
    await esbuild.stop()
  }
}
