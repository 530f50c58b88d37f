import Mustache from 'mustache'
import { HoldfastError } from '../holdfast-error'

/**
 * Fills a mustache template in. `{{name}}` is escaped for the media type, so that a text from outside can neither end a
 * JSON string nor become markup; `{{{name}}}` is put in as it is. Templates have no access to anything but `view`.
 * Throws `template-invalid`, also when a JSON media type is asked for and the result is no JSON.
 */
export function renderTemplate(template: string, view: Record<string, unknown>, contentType: string): string {
  let text: string
  try {
    text = Mustache.render(template, bare(view), {}, { escape: escapeFor(contentType) })
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new HoldfastError('template-invalid', `The template cannot be read: ${detail}`, {
      remedy: 'Close every {{#name}} with {{/name}}.',
      cause,
    })
  }
  if (isJson(contentType) && !parses(text)) {
    throw new HoldfastError('template-invalid', 'The filled-in template is not valid JSON.', {
      remedy: 'Put {{name}} between quotation marks; see the example in docs/alerts.md.',
    })
  }
  return text
}

/** A copy in which objects inherit nothing: a template reaches what is in the view, not the language behind it. */
function bare(view: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(view), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null), value)
      : value,
  )
}

const isJson = (contentType: string) => /[/+]json\b/i.test(contentType)

function escapeFor(contentType: string): (value: unknown) => string {
  if (isJson(contentType)) return (value) => JSON.stringify(String(value)).slice(1, -1)
  if (/html|xml/i.test(contentType)) return (value) => escapeMarkup(String(value))
  if (/x-www-form-urlencoded/i.test(contentType)) return (value) => encodeURIComponent(String(value))
  return String
}

function escapeMarkup(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
