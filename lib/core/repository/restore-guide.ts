import { checkingSignature } from './checking-signature'
import { engineContract } from '../../contracts/engines/index'
import type { HandStep } from './hand-step'
import type { Manifest } from '../../contracts/repository/manifest'
import { manifestFile } from './paths'

/** Compares every stored file with the manifest, whose signature says that Holdfast wrote it. */
export const checkFiles: HandStep = {
  say: 'Compare the files with the manifest',
  run: `jq -r '(.parts + [.restoreGuide])[] | select(.) | "\\(.storedSha256)  \\(.file)"' ${manifestFile} | sha256sum -c -`,
}

/**
 * RESTORE.md, which lies beside every backup: how to restore it without Holdfast. Its SHA-256 is in the manifest, and that
 * is signed.
 */
export function restoreGuide(
  { source, startedAt, engineVersion, tool }: Pick<Manifest, 'source' | 'startedAt' | 'engineVersion' | 'tool'>,
  steps: HandStep[],
): string {
  const about = [
    `- Source: ${oneLine(source.name)}`,
    ...(source.label === null ? [] : [`- ${engineContract(source.engine).called}: ${oneLine(source.label)}`]),
    `- Taken: ${startedAt}`,
    ...(engineVersion === null
      ? []
      : [`- Server ${engineVersion}${tool ? `, written by version ${tool.version} of its tool` : ''}`]),
  ]
  return `# Restore this backup by hand

${about.join('\n')}

Copy this folder to a machine with the tools and your recovery kit, start a \`bash\` of its own there, and type what follows, in this order.
It ends at the first command that fails. Holdfast is not needed. Before you trust this page, check that the manifest is signed by
your own instance and names this page; the public key comes from your recovery kit, never from here.

${block('set -euo pipefail; umask 077')}
${checkingSignature.map(({ say, run }) => step(say, run)).join('\n')}
${[checkFiles, ...steps].map(({ say, run }) => step(say, run)).join('\n')}`
}

const step = (say: string, run: string | undefined) => `${say}${run === undefined ? '.' : `:\n\n${block(run)}`}\n`

const block = (command: string) => `\`\`\`sh\n${command}\n\`\`\`\n`

/** Names are whatever people call things: they stay on their line. */
const oneLine = (name: string) => JSON.stringify(name)
