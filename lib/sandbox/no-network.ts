import { findTool } from '@/lib/process/find-tool'

/** What the kernel calls the machine, and the numbers of its calls (seccomp(2), linux/audit.h). */
const machines: Partial<Record<NodeJS.Architecture, { audit: number; socket: number; prctl: number }>> = {
  x64: { audit: 0xc000_003e, socket: 41, prctl: 157 },
  arm64: { audit: 0xc000_00b7, socket: 198, prctl: 167 },
}
const ioUringSetup = 425
/** Calls of the other, older kind of program on the same machine would have other numbers. */
const otherCalls = 0x4000_0000

/**
 * Where no network namespace may be made: a filter in the kernel, which every process of the program inherits and none
 * can take off, refuses every socket that is not a Unix one. Perl is on every Debian and nothing else that is can set one.
 */
export function noNetworkPrefix(): string[] {
  const perl = findTool('perl')
  const machine = machines[process.arch]
  if (!perl || !machine) return []
  const load = 0x20
  const ifEqual = 0x15
  const ifGreaterOrEqual = 0x35
  const answer = 0x06
  const allow = 0x7fff_0000
  const refuse = 0x0005_000d // errno 13, permission denied
  // Each: operation, steps to skip when true, when false, operand.
  const filter = [
    [load, 0, 0, 4],
    [ifEqual, 0, 6, machine.audit],
    [load, 0, 0, 0],
    [ifGreaterOrEqual, 4, 0, otherCalls],
    [ifEqual, 3, 0, ioUringSetup],
    [ifEqual, 0, 3, machine.socket],
    [load, 0, 0, 16],
    [ifEqual, 1, 0, 1], // AF_UNIX
    [answer, 0, 0, refuse],
    [answer, 0, 0, allow],
  ]
  const script = `
    my $filter = join '', map { pack 'SCCL', @$_ } ${JSON.stringify(filter)}->@*;
    my $program = pack 'Sx![P]P', length($filter) / 8, $filter;
    syscall(${machine.prctl}, 38, 1, 0, 0, 0) == 0 && syscall(${machine.prctl}, 22, 2, $program) == 0 or die "no filter: $!";
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!";`
  return [perl, '-e', script, '--']
}
