import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import type { FilesOrder } from '@/test/fixtures/files-run'
import { bundleProgram } from '@/test/helpers/bundle-program'
import { type RoomPlan, roomUser, runInRoom } from '@/test/helpers/rooms'

export interface FilesAnswer {
  manifest?: Manifest
  toolWarnings?: string[]
  warnings?: string[]
  error?: { code: string; message: string }
}

/** Where a worker that backs up folders may find itself, and what keeps tar to the folder there. */
export const filesRooms: { name: string; plan: RoomPlan; by: 'bubblewrap' | 'landlock' }[] = [
  { name: 'as root', plan: { who: 'root', bubblewrap: true, namespaces: true }, by: 'bubblewrap' },
  { name: 'as root without bubblewrap', plan: { who: 'root', bubblewrap: false, namespaces: true }, by: 'landlock' },
  { name: 'as root of a container', plan: { who: 'root', bubblewrap: true, namespaces: false }, by: 'landlock' },
  { name: 'as an ordinary user', plan: { who: 'ordinary', bubblewrap: true, namespaces: true }, by: 'landlock' },
]

/** Builds the program that backs up and restores; answers how to run it in a room, which may write into `folder`. */
export async function filesInRooms(folder: string) {
  const program = path.join(folder, 'files-run.mjs')
  await bundleProgram('test/fixtures/files-run.ts', program)
  let runs = 0
  return async (plan: RoomPlan, order: FilesOrder): Promise<FilesAnswer> => {
    const room = path.join(folder, `room-${(runs += 1)}`)
    mkdirSync(room)
    for (const one of [room, order.take?.into])
      if (one) (mkdirSync(one, { recursive: true }), chownSync(one, roomUser(plan), roomUser(plan)))
    const file = path.join(room, 'order.json')
    writeFileSync(file, JSON.stringify(order))
    const answer: FilesAnswer = JSON.parse(await runInRoom(plan, room, [process.execPath, program, file]))
    if (answer.error?.code === 'unexpected') throw new Error(answer.error.message)
    return answer
  }
}
