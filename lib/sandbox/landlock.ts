import { findTool } from '@/lib/process/find-tool'
import type { Shown } from './system-view'

/** Calls of landlock(7) have the same numbers on every machine. */
const calls = { create: 444, addRule: 445, restrict: 446 }
/** Kinds of access to files, of the first version: `struct landlock_path_beneath_attr` in linux/landlock.h. */
const access = { execute: 1, write: 2, read: 4, list: 8 }
const all = 0x1fff
const prctl: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 }

/**
 * Landlock: a process gives up, for itself and what it starts, every access to what a file holds but that to what is named. It needs
 * no privilege and no namespace, so everybody stays who they are; names and attributes of other files are not kept from it. Perl is
 * on every Debian, and nothing else that is can ask for it. Null: there is no perl, or it is another kind of machine.
 */
export function landlockPrefix(shown: Shown[]): string[] | null {
  const perl = findTool('perl')
  const setPrivileges = prctl[process.arch]
  if (!perl || setPrivileges === undefined) return null
  const rules = shown.flatMap((one): [number, string][] => {
    if (one.as === 'link') return []
    return [[one.as === 'write' ? access.read | access.write : access.execute | access.read | access.list, one.path]]
  })
  const script = `
    my $count = shift @ARGV;
    my $asked = pack 'Q', ${all};
    my $set = syscall(${calls.create}, $asked, 8, 0);
    die "no Landlock: $!\\n" if $set < 0;
    while ($count-- > 0) {
      my ($may, $path) = splice @ARGV, 0, 2;
      sysopen(my $at, $path, 010000000) or die "$path: $!\\n";
      $may &= ~${access.list} if !-d $at;
      my $rule = pack 'Ql', $may, fileno $at;
      syscall(${calls.addRule}, $set, 1, $rule, 0) == 0 or die "no rule for $path: $!\\n";
    }
    syscall(${setPrivileges}, 38, 1, 0, 0, 0) == 0 or die "privileges: $!\\n";
    syscall(${calls.restrict}, $set, 0) == 0 or die "no Landlock: $!\\n";
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\\n";`
  return [perl, '-e', script, '--', String(rules.length), ...rules.flatMap(([may, path]) => [String(may), path])]
}
