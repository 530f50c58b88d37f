// The console of the start: one plain line per step, and one line with the way out when a step cannot go on.
const COLOR = process.stdout.isTTY && !process.env.NO_COLOR

const paint = (code, text) => (COLOR ? `\u001b[${code}m${text}\u001b[0m` : text)

export const say = (text) => console.log(`${paint('36', '·')} ${text}`)
export const warn = (text) => console.log(`${paint('33', '!')} ${text}`)

/** An expected end of the start: the message is the one line that is shown, without a stack. */
export class StartError extends Error {
  name = 'StartError'
}

/** Prints the line and ends. A full disk shows in many ways, so it is recognised here for all steps. */
export function fail(error) {
  if (error?.code === 'ENOSPC' || /ENOSPC|No space left on device/i.test(String(error?.message))) {
    console.error(`${paint('31', '✗')} The disk is full. Free some space and start again.`)
  } else if (error instanceof StartError || error?.name === 'HoldfastError') {
    console.error(`${paint('31', '✗')} ${[error.message, error.remedy].filter(Boolean).join(' ')}`)
  } else {
    console.error(`${paint('31', '✗')} Unexpected: ${error?.stack ?? error}`)
  }
  process.exit(1)
}
