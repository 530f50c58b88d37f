import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks for health, over a new connection each time, until it is told to end; a process of its own, so that it measures
 * the instance and not who attacks it. Says "asking" first, then the slowest answer, in ms; ends with 1 if one was not 200.
 */
const port = Number(process.argv[2])
let over = false
process.once('SIGTERM', () => (over = true))

function ask(): Promise<number> {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path: '/api/v1/health', agent: false }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begun)
        else reject(new Error(`health answered ${response.statusCode}`))
      })
    })
    asked.once('error', reject)
  })
}

let slowestMs = 0
await ask()
console.log('asking')
while (!over) {
  slowestMs = Math.max(slowestMs, await ask())
  await delay(20)
}
console.log(slowestMs)
