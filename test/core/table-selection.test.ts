import { describe, expect, it } from 'vitest'
import { parseSelection } from '@/lib/contracts/engines/table-selection'

describe('reading which tables to restore', () => {
  it('takes tables and whole schemas, by commas and by lines', () => {
    expect(parseSelection('public.sale, public.customer\n\n  audit.*  ')).toEqual({
      schemas: ['audit'],
      tables: [
        { schema: 'public', name: 'sale' },
        { schema: 'public', name: 'customer' },
      ],
    })
  })

  it('takes any name in quotes', () => {
    expect(parseSelection('"odd.schema"."a ""b"", c\nd"')).toEqual({
      schemas: [],
      tables: [{ schema: 'odd.schema', name: 'a "b", c\nd' }],
    })
    expect(parseSelection('Größe.Tabelle').tables).toEqual([{ schema: 'Größe', name: 'Tabelle' }])
  })

  it('takes nothing for nothing', () => {
    expect(parseSelection(' \n ')).toEqual({ schemas: [], tables: [] })
  })

  it.each(['sale', 'public.', '.sale', 'a.b.c', 'public."sale', '*.*'])('does not guess what %s means', (text) => {
    expect(() => parseSelection(text)).toThrow(SyntaxError)
  })
})
