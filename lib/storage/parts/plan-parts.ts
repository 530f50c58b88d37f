const mebibyte = 1024 * 1024
/** S3's own limits; compatible stores keep to them or are wider. */
const maxParts = 10_000
const maxObjectBytes = 5 * 1024 ** 4
const maxPartBytes = 5 * 1024 ** 3
const fewestFlatParts = 1_000
const mostFlatParts = 4_000
/** What is buffered while it is being sent, as long as one part fits. */
const inFlightBytes = 32 * mebibyte
const maxInFlight = 4
/** With fewer, the stream would wait whenever a part is being confirmed. */
const minInFlight = 2

export interface PartPlan {
  /** Size of part `number` (from 1); every part but the last has it exactly. */
  sizeBytes(number: number): number
  /** How many parts of this size may be in flight, so that memory stays bounded when parts grow. */
  inFlight(partBytes: number): number
}

/**
 * Sizes so that 10,000 parts hold 5 TiB although the length is unknown: parts stay small for as long as the hint asks
 * and that sum allows, then each is larger than the one before by a fixed rate. Without a hint 8 GiB go out in parts of
 * 8 MiB and 100 GiB in parts of up to 71 MiB; with an honest one those are 27 MiB.
 */
export function planParts(hintBytes: number | undefined, firstPartBytes: number, atOnce = 1): PartPlan {
  const most = Math.max(minInFlight, Math.ceil(maxInFlight / atOnce))
  const basis = Math.max(firstPartBytes, wholeMebibytes((hintBytes ?? 0) / mostFlatParts))
  let flatParts = Math.min(mostFlatParts, Math.max(fewestFlatParts, Math.ceil((hintBytes ?? 0) / basis)))
  let rate = growthRate(maxObjectBytes / basis - flatParts, maxParts - flatParts)
  // The longer parts stay small, the larger the last ones would have to be.
  while (flatParts > fewestFlatParts && basis * (1 + rate) ** (maxParts - flatParts) > maxPartBytes - mebibyte) {
    flatParts -= 250
    rate = growthRate(maxObjectBytes / basis - flatParts, maxParts - flatParts)
  }
  return {
    sizeBytes: (number) => (number <= flatParts ? basis : wholeMebibytes(basis * (1 + rate) ** (number - flatParts))),
    inFlight: (partBytes) => Math.min(most, Math.max(1, Math.floor(inFlightBytes / partBytes))),
  }
}

/** The smallest rate at which `count` growing parts reach the sum, counted in first parts (bisection). */
function growthRate(sum: number, count: number): number {
  let [low, high] = [0, 0.02]
  for (let step = 0; step < 40; step += 1) {
    const rate = (low + high) / 2
    const reached = rate === 0 ? count : ((1 + rate) ** count - 1) / rate
    if (reached < sum) low = rate
    else high = rate
  }
  return high
}

function wholeMebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte) * mebibyte
}
