import { expect, type Locator, type Page } from '@playwright/test'

const roles = ['button', 'link', 'menuitem', 'switch', 'tab'] as const
type Role = (typeof roles)[number] | 'form'

/** Something that can be pressed, found again on a fresh page by its role, its name and its place among the same. */
export interface Offer {
  role: Role
  name: string
  nth: number
  /** Of a link. */
  href?: string
}

/** What one offer is in reports, and what tells kinds of offers apart: ids, times and numbers in names do not. */
export const kindOf = ({ role, name }: Offer) =>
  `${role} "${name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').replace(/\d+([.,:]\d+)*/g, '#')}"`

const line = /^\s*- '?(\w+) ("(?:[^"\\]|\\.)*")(.*)$/
const address = /^\s*- \/url: "?([^"\s]+)"?$/

/** What a part of the page offers: what can be pressed and is not disabled, and forms that Enter sends. */
export async function listOffers(part: Locator): Promise<Offer[]> {
  const offers: Offer[] = []
  const seen = new Map<string, number>()
  let link: Offer | undefined
  for (const text of (await part.ariaSnapshot()).split('\n')) {
    const url = address.exec(text)?.[1]
    if (url !== undefined && link) link.href = url
    const [, word, quoted = '""', state = ''] = line.exec(text.replaceAll("''", "'")) ?? []
    const role = roles.find((known) => known === word)
    if (!role) continue
    const name = String(JSON.parse(quoted))
    const nth = seen.get(`${role} ${name}`) ?? 0
    seen.set(`${role} ${name}`, nth + 1)
    const offer: Offer = { role, name, nth }
    link = role === 'link' ? offer : undefined
    if (!state.includes('[disabled]')) offers.push(offer)
  }
  const forms = await part.locator('form').evaluateAll((found) =>
    found.flatMap((form, nth) => {
      const field = form.querySelector<HTMLElement>('input:not([type=hidden]):enabled')
      return field?.checkVisibility() ? [{ name: form.getAttribute('aria-label') ?? '', nth }] : []
    }),
  )
  return [...offers, ...forms.map(({ name, nth }) => ({ role: 'form' as const, name: name || `number ${nth}`, nth }))]
}

/** Presses it as a person does; Enter in its first field for a form. */
export async function press(part: Locator, { role, name, nth }: Offer): Promise<void> {
  if (role === 'form') {
    await part.locator('form').nth(nth).locator('input:not([type=hidden]):enabled').first().press('Enter')
    return
  }
  const control = part.getByRole(role, { name, exact: true }).nth(nth)
  await control.click({ timeout: 5_000 })
  // Which tab is open stands in the address, and that follows when the server has answered.
  if (role === 'tab') await expect(control).toHaveAttribute('aria-selected', 'true')
}

/** The dialog or menu that is open, the topmost. */
export const opened = (page: Page) => page.locator('[role=dialog], [role=menu]').last()

export interface DisabledControl {
  name: string
  /** Why it is disabled, where a person is told: a title, a description. */
  reason: string
}

/** What a part of the page shows but does not offer. */
export const listDisabled = (part: Locator): Promise<DisabledControl[]> =>
  part.locator('button:disabled, [aria-disabled=true]').evaluateAll((found) =>
    found
      .filter((element) => element.checkVisibility())
      .map((element) => ({
        name: element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '',
        reason: [
          element.getAttribute('title') ?? '',
          ...(element.getAttribute('aria-describedby') ?? '')
            .split(' ')
            .map((id) => document.getElementById(id)?.textContent ?? ''),
        ]
          .join(' ')
          .trim(),
      })),
  )

/** Where the page says that a role is missing, but for what describes a control that is disabled. */
export const listRefusingTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body :not(script)')]
      .filter((element) => {
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
        if (!own.some((node) => /needs the role/i.test(node.textContent ?? ''))) return false
        const explains =
          element.id !== '' && document.querySelector(`:disabled[aria-describedby~="${CSS.escape(element.id)}"]`)
        return !explains && element.checkVisibility()
      })
      .map((element) => element.textContent ?? ''),
  )
