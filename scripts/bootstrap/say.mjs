// The console of the start: one plain line per step. How it ends when a step cannot go on is in fail.mjs.
const COLOR = process.stdout.isTTY && !process.env.NO_COLOR

export const paint = (code, text) => (COLOR ? `\u001b[${code}m${text}\u001b[0m` : text)

export const say = (text) => console.log(`${paint('36', '·')} ${text}`)
export const warn = (text) => console.log(`${paint('33', '!')} ${text}`)

/**
 * An expected end of the start. Alone, the message is the line that is shown, with what to do. With a cause it names the
 * step that failed ("The packages could not be installed"), and explain.mjs says why and what to do.
 */
export class StartError extends Error {
  name = 'StartError'
}
