import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { hearRefusals } from './hear-refusals'
import { kindOf, listDisabled, listOffers, listRefusingTexts, opened, press, type Offer } from './offers'
import { visit } from './people'

/** `all` presses everything there is; else a share of it, the same at every run. */
const whole = process.env['HOLDFAST_TEST_WALK'] === 'all'
const shareOf = 10

export interface Walked {
  pages: string[]
  pressed: string[]
  /** What was disabled for the role, and said so. */
  withheld: string[]
  /** What was offered and refused, failed, or disabled without a reason. */
  findings: string[]
}

/** Goes on from the overview to every kind of page that a link, a tab or a button leads to, and presses what is offered there. */
export async function walk(page: Page, beginnings: readonly string[]): Promise<Walked> {
  const hearing = hearRefusals(page)
  // The printer's dialog would wait for somebody.
  await page.addInitScript(() => Object.assign(window, { print: () => undefined }))
  const walked: Walked = { pages: [], pressed: [], withheld: [], findings: [] }
  const frontier: string[] = []
  const kinds = new Set<string>()
  const tabs = new Set<string>()
  const follow = (address: string) => {
    const kind = kindOfPage(address)
    if (!kind.startsWith('/admin') || kinds.has(kind)) return
    kinds.add(kind)
    frontier.push(address)
  }
  const note = async (what: string) => {
    for (const said of [...(await hearing.settle()), ...(await listRefusingTexts(page))])
      walked.findings.push(`${what}: ${said}`)
  }

  for (const beginning of beginnings) follow(beginning)
  for (const address of frontier) {
    const here = kindOfPage(address)
    walked.pages.push(here)
    // The frame around every page is walked once.
    const part = page.locator(here === '/admin' ? 'body' : 'main')
    const done = new Set<string>()
    let asItWas = false
    for (;;) {
      // A tab leaves the other tabs as they are.
      if (!asItWas) await visit(page, address)
      await note(address)
      const offers = await listOffers(part)
      if (done.size === 0) await look(page, address, walked)
      for (const { href } of offers) if (href !== undefined) await fetchOrFollow(page, href, address, walked, follow)
      const left = offers.filter(
        (offer) => isPressed(offer) && !done.has(keyOf(offer)) && !tabs.has(offer.name) && chosen(here, offer),
      )
      const [next] = left
      done.add('looked')
      if (!next) break
      if (next.role === 'tab') tabs.add(next.name)
      const key = keyOf(next)
      if (await vanished(press(part, next), page, part, next)) {
        done.add(key)
        continue
      }
      walked.pressed.push(`${here}: ${key}`)
      await note(`${address}: ${key}`)
      const dialog = opened(page)
      const inner = (await dialog.count()) > 0 && !(await asksAgain(page)) ? await listOffers(dialog) : []
      const within = inner.filter((offer) => isPressed(offer) && !done.has(`${key} > ${keyOf(offer)}`))
      const [one] = within
      if (one) {
        done.add(`${key} > ${keyOf(one)}`)
        await press(dialog, one)
        walked.pressed.push(`${here}: ${key} > ${keyOf(one)}`)
        await note(`${address}: ${key} > ${keyOf(one)}`)
      }
      if (within.length <= 1) done.add(key)
      follow(new URL(page.url()).pathname + new URL(page.url()).search)
      asItWas = next.role === 'tab' && left[1]?.role === 'tab'
      // All of it looks again at what a press has brought.
      if (!whole && left.length === 1 && within.length <= 1) break
    }
  }
  return walked
}

/** What leads away or only closes what was opened, and what would end the walk. */
const away = /^(Sign out|Close|Cancel|Keep it|Not now)$/
const isPressed = ({ role, name }: Offer) => role !== 'link' && !away.test(name)

/** Of several of a kind one is pressed, two in the whole walk: what is refused for one thing is refused for all like it. */
const keyOf = (offer: Offer) => `${kindOf(offer)}${offer.nth > 0 && whole ? ' again' : ''}`

/** Tabs are pages and always opened, once; of everything else a share, by its name. */
function chosen(here: string, offer: Offer): boolean {
  if (whole || offer.role === 'tab') return true
  return (
    createHash('sha256')
      .update(`${here} ${kindOf(offer)}`)
      .digest()
      .readUInt32BE() %
      shareOf ===
    0
  )
}

/** `/admin/sources/#` of any source; of the settings each tab is a page. */
function kindOfPage(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://here')
  const tab = searchParams.get('tab')
  return pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#') + (tab ? `?tab=${tab}` : '')
}

const asksAgain = (page: Page) => page.getByRole('dialog', { name: 'Confirm that it is you' }).isVisible()

/** Work that ends meanwhile takes its buttons with it: true when there is nothing to press any more. */
async function vanished(pressing: Promise<void>, page: Page, part: ReturnType<Page['locator']>, wanted: Offer) {
  try {
    await pressing
    return false
  } catch (error) {
    const still = (await listOffers(part)).some((offer) => keyOf(offer) === keyOf(wanted))
    if (still) throw error
    return true
  }
}

/** Pages are walked to; files are fetched. */
async function fetchOrFollow(
  page: Page,
  href: string,
  from: string,
  walked: Walked,
  follow: (address: string) => void,
): Promise<void> {
  const { pathname, search, origin } = new URL(href, page.url())
  if (origin !== new URL(page.url()).origin) return
  if (!pathname.startsWith('/api/')) return follow(pathname + search)
  const kind = `file ${kindOfPage(pathname)}`
  if (walked.pressed.includes(kind)) return
  walked.pressed.push(kind)
  const answer = await page.request.get(href)
  if (!answer.ok()) walked.findings.push(`${from}: the link to ${pathname} answered ${answer.status()}`)
}

/** What moves through a list says by itself why it stands still. */
const speaksForItself = /^(First page|Back|Next)$/

/** What is disabled says why; and a page for making or changing something is for who may send its form. */
async function look(page: Page, address: string, walked: Walked): Promise<void> {
  for (const { name, reason } of await listDisabled(page.locator('body'))) {
    if (/^Needs the role/.test(reason)) walked.withheld.push(`${kindOfPage(address)}: ${name}`)
    if (reason === '' && !speaksForItself.test(name))
      walked.findings.push(`${address}: "${name}" is disabled and does not say why`)
  }
  if (!/\/(new|edit)$/.test(new URL(page.url()).pathname)) return
  const send = page.locator('main button[type=submit]:disabled[title^="Needs the role"]')
  if ((await send.count()) > 0) walked.findings.push(`${address}: is offered, and its form cannot be sent`)
}
