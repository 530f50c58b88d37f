import { describe, expect, it } from 'vitest'
import { renderTemplate } from '@/lib/core/alert/render-template'

const view = { title: 'a "quoted"\nline & <b>', facts: { 'exit code': 1 }, list: [{ name: 'x' }, { name: 'y' }] }

describe('a template', () => {
  it.each([
    ['application/json', '{"t":"{{title}}"}', '{"t":"a \\"quoted\\"\\nline & <b>"}'],
    ['text/plain', '{{title}}', 'a "quoted"\nline & <b>'],
    ['text/html', '{{title}}', 'a &quot;quoted&quot;\nline &amp; &lt;b&gt;'],
    ['application/x-www-form-urlencoded', 't={{title}}', 't=a%20%22quoted%22%0Aline%20%26%20%3Cb%3E'],
    ['text/plain', '{{#list}}{{name}};{{/list}}{{^none}}no{{/none}}', 'x;y;no'],
  ])('of %s escapes for it: %s', (contentType, template, expected) => {
    expect(renderTemplate(template, view, contentType)).toBe(expected)
  })

  it.each(['{{#list}}', '{{/list}}', '{{=x'])('that cannot be read is refused: %s', (template) => {
    expect(() => renderTemplate(template, view, 'text/plain')).toThrow(
      expect.objectContaining({ code: 'template-invalid' }),
    )
  })

  it('reaches nothing but the view', () => {
    for (const name of ['constructor', 'constructor.constructor', '__proto__', 'toString', 'facts.constructor']) {
      expect(renderTemplate(`[{{${name}}}]`, view, 'text/plain')).toBe('[]')
      expect(renderTemplate(`[{{#${name}}}inside{{/${name}}}]`, view, 'text/plain')).toBe('[]')
    }
  })
})
