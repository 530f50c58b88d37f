import { STATUS_CODES } from 'node:http'
import { describe, expect, it } from 'vitest'
import { errorCodes, errorGroups } from '@/lib/contracts/error-code'

const entries = Object.entries(errorCodes)
/** Begins like a sentence and ends like one. */
const sentences = /^["`]?[A-Z`].{18,}\.$/s

describe('the record of error codes', () => {
  it('has every code in one group only', () => {
    const listed = Object.values(errorGroups).flatMap((group) => Object.keys(group))
    expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([])
    expect(listed.sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it.each(entries)('%s has a name, a status, a cause and a remedy', (code, { status, cause, remedy }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(STATUS_CODES).toHaveProperty(String(status))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(cause).toMatch(sentences)
    expect(remedy).toMatch(sentences)
    expect(remedy).not.toBe(cause)
  })

  it('says of no two codes the same', () => {
    const causes = entries.map(([, { cause }]) => cause)
    expect(causes.filter((cause, index) => causes.indexOf(cause) !== index)).toEqual([])
  })
})
