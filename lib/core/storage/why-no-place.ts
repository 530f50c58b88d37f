import { aliasesOf, mountOf, type Mount } from './mounts'

/** The system's own: they and all that lies in them. */
const systemTrees = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/lost+found', '/proc', '/run', '/sbin'],
  ...[
    '/snap',
    '/sys',
    '/usr',
    '/var/lib/apt',
    '/var/lib/dpkg',
    '/var/lib/systemd',
    '/var/lock',
    '/var/log',
    '/var/mail',
  ],
  ...['/var/run', '/var/spool'],
]
/** Folders that hold what belongs to many: one of its own inside is meant. */
const sharedFolders = ['/', '/home', '/opt', '/root', '/tmp', '/var', '/var/cache', '/var/lib', '/var/tmp']
/** File systems that the kernel makes up: nothing written there is kept, and some never answer. */
const madeUp = new Set([
  ...['autofs', 'binfmt_misc', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts', 'devtmpfs', 'efivarfs'],
  ...['fusectl', 'hugetlbfs', 'mqueue', 'nsfs', 'proc', 'pstore', 'ramfs', 'rpc_pipefs', 'securityfs', 'selinuxfs'],
  ...['sysfs', 'tracefs'],
])

export interface PlaceFacts {
  /** The folder as it was named, without `.` and `..`. */
  named: string
  /** The folder with every link in it followed, as far as it exists. */
  real: string
  /** HOLDFAST_HOME, its links followed too. */
  home: string
  mounts: readonly Mount[]
  /** It or a folder around it is the data folder of a PostgreSQL server. */
  inDataFolder: boolean
}

/**
 * Why a folder is no place for backups, as the rest of a sentence; null when it is one. Backups go to a folder of their
 * own on a real disk: not to what belongs to the system or to a database, nor to what Holdfast itself keeps, but for its
 * folder of backups. A folder that is mounted a second time elsewhere is judged by all its names.
 */
export function whyNoPlace(facts: PlaceFacts): string | null {
  for (const name of [facts.named, facts.real, ...aliasesOf(facts.real, facts.mounts)]) {
    const why = whyNotNamed(name, facts.home)
    if (why) return why
  }
  const type = mountOf(facts.real, facts.mounts)?.type
  if (type !== undefined && madeUp.has(type)) return `lies on a file system that the kernel makes up (${type})`
  if (facts.inDataFolder) return 'is the data folder of a PostgreSQL server, or lies in one'
  return null
}

function whyNotNamed(name: string, home: string): string | null {
  const backups = `${home}/backups`
  if (isIn(name, backups)) return null
  if (isIn(name, home)) return 'lies in the folder where Holdfast keeps its keys and its catalog (HOLDFAST_HOME)'
  if (isIn(home, name)) return 'holds the folder where Holdfast keeps its keys and its catalog (HOLDFAST_HOME)'
  const tree = systemTrees.find((folder) => isIn(name, folder))
  if (tree) return `belongs to the system (${tree})`
  if (sharedFolders.includes(name)) return 'is used by the whole system'
  if (/^\/(root|home\/[^/]+)\/\./.test(name)) return "is one of the hidden folders where a user's settings and keys lie"
  return null
}

/** True for the folder itself, too. */
function isIn(name: string, folder: string): boolean {
  return name === folder || name.startsWith(folder === '/' ? '/' : `${folder}/`)
}
