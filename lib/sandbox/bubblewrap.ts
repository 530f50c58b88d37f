import { findTool } from '@/lib/process/find-tool'
import type { Shown } from './system-view'

/** What is asked of bubblewrap: namespaces of its own for everything, and in them what is named here. */
export interface Walls {
  /** What there is, in this order: what comes later lies over what came before. */
  shown: Shown[]
  network: boolean
  /** Its own processes below /proc and a few devices below /dev, for programs that ask for them. */
  kernelFolders: boolean
  /** Linux capabilities (capabilities(7)) that root keeps inside; null: a user namespace, in which there is no root. */
  capabilities: readonly string[] | null
}

/** Where bubblewrap is; null: it is not installed. */
export const findBubblewrap = (): string | null => findTool('bwrap', ['/usr/sbin', '/sbin'])

/** bubblewrap makes the folders above what it shows as closed as that is; the sandbox's user has to walk through. */
function passage(path: string): string[] {
  const above = path.split('/').slice(1, -1)
  return above.flatMap((_, index) => ['--dir', `/${above.slice(0, index + 1).join('/')}`])
}

/** What stands in front of the command line. Nothing of the machine's file system can be written but what is shown for it. */
export function bubblewrapPrefix({ shown, network, kernelFolders, capabilities }: Walls): string[] {
  return [
    findBubblewrap() ?? 'bwrap',
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--die-with-parent'],
    ...(network ? [] : ['--unshare-net']),
    ...(capabilities
      ? ['--cap-drop', 'ALL', ...capabilities.flatMap((capability) => ['--cap-add', capability])]
      : ['--unshare-user']),
    ...(kernelFolders ? ['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'] : []),
    ...shown.flatMap((one) =>
      one.as === 'link'
        ? ['--symlink', one.to, one.path]
        : [...passage(one.path), one.as === 'read' ? '--ro-bind' : '--bind', one.from ?? one.path, one.path],
    ),
    ...['--remount-ro', '/', '--chdir', '/', '--'],
  ]
}
