import type { Check, CheckVerdict } from '../../contracts/backup'
import type { Failure } from '../../contracts/common'

/** What a failed check says of, and so what mends it. */
type Cause = 'storage' | 'source' | 'expectation' | 'difference'

const causes: Record<string, Cause> = {
  copies: 'storage',
  'copy-reads-back': 'storage',
  'copy-present': 'storage',
  'chain-present': 'storage',
  'archive-readable': 'storage',
  // What the server listed was met until it was stored; a log that ends too early was whole when it came.
  'files-as-listed': 'storage',
  'target-reached': 'storage',
  // The bytes were those that were stored, and a server refused what they say.
  'restores-without-errors': 'source',
  // Bytes as they were stored that are no whole database were none in the source.
  'integrity-check': 'source',
  // Indexes are built anew from the rows, by the comparison that the source has.
  'indexes-sound': 'source',
  // Every file is as the server sent it.
  'databases-open': 'source',
  'catalogs-readable': 'source',
  'relations-present': 'source',
  'rows-readable': 'source',
  'heap-sound': 'source',
  'page-checksums': 'source',
  'sql-assertion': 'expectation',
  'critical-table': 'expectation',
}

/** A new backup is only advised where it need not end in the same way. */
const remedies: Record<Cause, string> = {
  storage:
    'The stored files are at fault, not the database: restore from another copy that is whole, look at the store, take a new backup and test it.',
  source:
    'A new backup of the database as it is now would fail in the same way: mend what is named here in the source, then back up and test again.',
  expectation:
    'Ask the source the same. If its answer is no better, a new backup fails in the same way: mend the data there, or correct what is expected in the options of the source.',
  difference:
    'Do not rely on this backup. Test another one: if the same differs there, something in the database changes it while it is restored (a trigger, a rule, a function), and has to be fixed in the source; if not, take a new backup.',
}

/** The state of the files comes first: damaged files allow no other verdict. */
const order: readonly Cause[] = ['storage', 'source', 'difference', 'expectation']

/** Why a restore test did not pass, and what to do. */
export function describeBadTest(checks: readonly Check[], verdict: Exclude<CheckVerdict, 'passed'>): Failure {
  const bad = checks.filter((check) => check.verdict === verdict)
  const told = bad.map((check) => (check.detail ? `${check.name}: ${check.detail}` : check.name)).join('; ')
  if (verdict === 'inconclusive') {
    return {
      code: 'restore-test-inconclusive',
      message: `The restore test could not decide. ${told}`,
      remedy: 'Remove the cause and test again.',
    }
  }
  const found = new Set(bad.map(({ name }) => causes[name] ?? 'difference'))
  const cause = order.find((each) => found.has(each)) ?? 'difference'
  return { code: 'restore-test-failed', message: `The restore test failed. ${told}`, remedy: remedies[cause] }
}
