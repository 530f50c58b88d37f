import { bytesInWords } from '../insight/words'
import { type KeptLog, timeToLossMs } from '../log/kept-log'
import type { Finding } from './source-findings'
import { span } from './words'

/** A source whose server keeps log for it. */
export interface KeptFor {
  name: string
  slot: string
  /** Its log has been followed before: then the server must keep some. */
  hasBegun: boolean
  kept: KeptLog
  /** An alert says already that it is at risk. */
  isTold: boolean
}

/** Time enough to look at a store or a network, and to end the alert only when there is plenty again. */
const tellWithinMs = 30 * 60_000
const endBeyondMs = 60 * 60_000

/**
 * Without a limit this much is reported. It is the least that the check of continuous protection proposes as a limit: of a disk that
 * cannot spare it, nobody should be promised more.
 */
export const muchKeptBytes = 10 * 1024 ** 3
/** Below this share of it the alert ends. */
const endAtShare = 0.8

/** Lengths of time that a forecast names, so that its words do not change with every look. */
const forecastsMs = [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * 60_000)

/** What is reported of log that the server may lose, has lost, or may fill its disk with; the worst of these. */
export function logRisk(of: KeptFor): Finding | null {
  return lost(of) ?? foreignReader(of) ?? doomed(of) ?? forecast(of) ?? fillsDisk(of)
}

const finding = (
  { kept, slot }: KeptFor,
  severity: Finding['severity'],
  title: string,
  sentences: string[],
): Finding => ({
  event: 'log-at-risk',
  severity,
  title,
  body: sentences.join(' '),
  facts: { slot, state: kept.state, ...(kept.limitBytes === null ? {} : { limitBytes: kept.limitBytes }) },
})

function lost(of: KeptFor): Finding | null {
  const { kept, name, slot, hasBegun } = of
  const after =
    'The window ends where the stored log ends. Once the log can be followed again, Holdfast makes a new slot and takes a new base backup by itself.'
  if (kept.state === 'lost') {
    const why = kept.because === null ? '' : ` (${kept.because})`
    return finding(of, 'critical', `Log of ${name} is lost that was not stored`, [
      `The server has given up the slot ${slot}${why}: it removed log that no destination has.`,
      after,
      raise(kept),
    ])
  }
  if (kept.state !== 'absent' || !hasBegun) return null
  return finding(of, 'critical', `The server keeps no log for ${name}`, [
    `The slot ${slot} is gone: somebody dropped it, or this is another server than the one that was followed. What is written now may be removed before it is stored.`,
    'Once the log can be followed again, Holdfast makes the slot anew; where log is missing by then, the window ends, and a new base backup starts by itself.',
  ])
}

function foreignReader(of: KeptFor): Finding | null {
  const { reader } = of.kept
  if (reader === null || reader === '' || reader === 'holdfast') return null
  return finding(of, 'critical', `Another program reads the log of ${of.name} on its slot`, [
    `${reader} reads from ${of.slot}. What it confirms the server removes, whether it is stored here or not.`,
    'End that program, or give it a slot of its own.',
  ])
}

function doomed(of: KeptFor): Finding | null {
  const { kept, name } = of
  if (kept.state !== 'doomed') return null
  return finding(of, 'critical', `The server is about to remove log of ${name} that is not stored`, [
    `More of it waits than the server keeps (${limitWords(kept)}): its next checkpoint removes what is over, and the window ends there.`,
    reading(kept),
    raise(kept),
  ])
}

function forecast(of: KeptFor): Finding | null {
  const { kept, name, isTold } = of
  const leftMs = timeToLossMs(kept)
  if (leftMs === null || leftMs > (isTold ? endBeyondMs : tellWithinMs)) return null
  const within = forecastsMs.find((each) => leftMs <= each) ?? endBeyondMs
  return finding(of, 'critical', `The server will remove log of ${name} before it is stored`, [
    `At the pace of the last minutes that happens within about ${span(within)}: it keeps no more than ${limitWords(kept)}. The window ends there then.`,
    reading(kept),
    raise(kept),
  ])
}

function fillsDisk(of: KeptFor): Finding | null {
  const { kept, name, isTold } = of
  const bytes = kept.bytes ?? 0
  if (kept.limitBytes !== null || bytes < (isTold ? muchKeptBytes * endAtShare : muchKeptBytes)) return null
  const told = Math.max(muchKeptBytes, 2 ** Math.floor(Math.log2(bytes)))
  return finding(of, 'warning', `The server keeps much log for ${name}`, [
    `${bytes < told ? 'About' : 'More than'} ${bytesInWords(told)} wait on its disk until they are stored, and nothing limits that (${kept.limitName} is not set). When the disk is full, the server stops. How much is free there Holdfast cannot see.`,
    reading(kept),
    `Look at the disk, and set ${kept.limitName} to what it can spare.`,
  ])
}

const limitWords = ({ limitBytes, limitName }: KeptLog): string =>
  limitBytes === null ? 'its disk allows' : `${bytesInWords(limitBytes)} (${limitName})`

const reading = ({ reader }: KeptLog): string =>
  reader === null
    ? 'Nobody reads the slot now: look at what keeps the log from being followed, on the page of the source.'
    : 'It is read, and stored more slowly than the server writes: look at the destinations of the log.'

const raise = ({ limitName }: KeptLog): string => `Raise ${limitName} if the disk of the server can spare more.`
