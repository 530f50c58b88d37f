/** What a page in Markdown gives to type: its blocks of `sh`, in order; those inside a list are indented. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', body = '']) =>
    body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
}

/** What lines such as a manifest's give to type: whatever stands behind a colon. */
export const commandsOf = (lines: string[]): string[] => lines.flatMap((line) => /^[^:]+: (.+)$/.exec(line)?.[1] ?? [])

/** What a recovery kit gives to type, by the heading that it stands under. */
export function kitCommands(kit: string, heading: string): string[] {
  const section = kit.slice(kit.indexOf(`# ${heading}\n`)).split(/\n#\n# (?=[A-Z ]+\n)/)[0] ?? ''
  return section.split('\n').flatMap((line) => /^# {8}(\S.*)$/.exec(line)?.[1] ?? [])
}
