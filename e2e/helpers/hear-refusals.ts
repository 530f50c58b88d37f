import { expect, type Page, type Response } from '@playwright/test'

/** What counts as no refusal although it answers 403: the person is asked to show again who they are. */
const isQuestion = async (response: Response) => {
  const body: unknown = await response.json().catch(() => null)
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 'step-up-needed'
}

export interface Hearing {
  /** Waits until nothing is under way, and says what was refused or went wrong since the last time. */
  settle(): Promise<string[]>
}

/** Listens to every answer that a page gets: 401 and 403 are refusals, 5xx and errors of the page are faults. */
export function hearRefusals(page: Page): Hearing {
  const underWay = new Set<unknown>()
  let heard: Promise<string | null>[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'fetch') underWay.add(request)
  })
  page.on('requestfinished', (request) => underWay.delete(request))
  page.on('requestfailed', (request) => underWay.delete(request))
  page.on('pageerror', (error) => heard.push(Promise.resolve(`the page failed: ${error.message}`)))
  page.on('response', (response) => {
    const status = response.status()
    if (status !== 401 && status !== 403 && status < 500) return
    const said = `${response.request().method()} ${new URL(response.url()).pathname} answered ${status}`
    heard.push(isQuestion(response).then((question) => (question ? null : said)))
  })
  return {
    async settle() {
      const calm = async () => {
        // Two frames: what a press sets off has begun by then.
        const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
        // It may lead to another page: then there is nobody to ask for a moment.
        return page.evaluate(drawn).then(
          () => underWay.size,
          () => null,
        )
      }
      await expect.poll(calm, { intervals: [0, 20, 50, 100, 250] }).toBe(0)
      const said = await Promise.all(heard)
      heard = []
      return said.filter((text) => text !== null)
    },
  }
}
