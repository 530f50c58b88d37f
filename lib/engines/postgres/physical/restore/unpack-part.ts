import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { PartFeed, ReadableBackup } from '@/lib/ports/backup-method'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { linesOf } from '@/lib/process/lines'
import { ownProgram } from '@/lib/process/own-program'
import { runCommand } from '@/lib/process/run-command'
import type { ChecksumAlgorithm } from '../base-tar/file-checksum'
import type { BaseFile } from '../base-tar/known-files'
import { baseDamaged } from './base-damaged'
import { type UnpackAnswer, unpackAnswer, type UnpackTask } from './unpack-answers'

export interface PartOrder extends Pick<ReadableBackup, 'open' | 'feed'> {
  /** Private, and nothing was in it before the first part. */
  folder: string
  /** Of the list that the files are compared with. */
  algorithm: ChecksumAlgorithm
  /** Hears of each file that was written; its path is the archive's. */
  onFile(file: BaseFile): void
  /** Hears how many more bytes of the archive were read. */
  onBytes(bytes: number): void
}

type Input = Pick<PartFeed, 'into' | 'close'> & { stdin: number | 'pipe' }

/**
 * Unpacks a part of a base backup, which may be anybody's, in a process of its own: no plain byte passes through this one where the part
 * is fed. What is written are files of the archive, each new and below the folder; the caller compares them with the server's list.
 * Rejects with `object-damaged`, the system's error when the disk refuses, and what the part's bytes fail with.
 */
export async function unpackPart(part: ManifestPart, order: PartOrder, run: RunContext): Promise<void> {
  const { folder, algorithm } = order
  const task: UnpackTask = { folder, algorithm, bytes: part.sourceBytes }
  const input = await openInput(part, order, run)
  try {
    const args = [ownProgram('unpack-part'), JSON.stringify(task)]
    const program = runCommand({ file: process.execPath, args, stdin: input.stdin }, run)
    const answered = hear(program, order)
    const failed = await input.into(program).then(() => null, asReason)
    const why = await answered
    if (!failed) return
    // What came before is the cause: the program knows only that its input ended.
    const ended = await program.exited.then(() => null, asReason)
    throw why && failed.error === ended?.error ? asError(why) : failed.error
  } finally {
    await input.close()
  }
}

const asReason = (error: unknown) => ({ error })

/** A part with a hash of its plain bytes is compared with it, on its way through this process. */
async function openInput(part: ManifestPart, { open, feed }: PartOrder, run: RunContext): Promise<Input> {
  const fed = part.sourceSha256 === null ? await feed?.(part, run) : null
  if (fed) return fed
  const stream = await open(part, run)
  // Until it is read nobody hears it, and an error that nobody hears ends the process.
  stream.on('error', () => undefined)
  return {
    stdin: 'pipe',
    into: (program) => feedCommand(stream, program),
    close: async () => void stream.destroy(),
  }
}

type Refusal = Extract<UnpackAnswer, { damaged: string } | { failed: unknown }>

/** To the end of what the program has to say; the answer is why it gave up, null when it says nothing of it. */
async function hear({ stdout }: RunningCommand, { algorithm, onFile, onBytes }: PartOrder): Promise<Refusal | null> {
  let bytes = 0
  try {
    for await (const line of linesOf(stdout)) {
      const answer = unpackAnswer.parse(JSON.parse(line))
      if ('file' in answer) onFile({ ...answer.file, algorithm })
      else if ('bytes' in answer) {
        onBytes(answer.bytes - bytes)
        bytes = answer.bytes
      } else return answer
    }
  } catch {
    // A program that was ended breaks off where it is; its exit says so.
  }
  return null
}

function asError(refusal: Refusal): Error {
  if ('damaged' in refusal) return baseDamaged(refusal.damaged)
  const { code, message } = refusal.failed
  return Object.assign(new Error(message), { code })
}
