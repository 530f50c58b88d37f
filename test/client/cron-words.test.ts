import { describe, expect, it } from 'vitest'
import { cronWords } from '@/lib/client/words/cron-words'

describe('cronWords', () => {
  it.each([
    ['* * * * *', 'Every minute'],
    ['*/15 * * * *', 'Every 15 minutes'],
    ['0 * * * *', 'Every hour, on the hour'],
    ['20 */6 * * *', 'Every 6 hours, 20 minutes past'],
    ['0 2 * * *', 'Every day at 02:00'],
    ['30 8,20 * * *', 'Every day at 08:30, 20:30'],
    ['0 3 * * 0', 'Every Sunday at 03:00'],
    ['0 3 * * 7', 'Every Sunday at 03:00'],
    ['0 3 * * MON,THU', 'Monday, Thursday at 03:00'],
    ['30 6 * * 1-5', 'Monday to Friday at 06:30'],
    ['0 4 1 * *', 'On the 1st of every month at 04:00'],
    ['0 4 22 * *', 'On the 22nd of every month at 04:00'],
    ['0 4 11 * *', 'On the 11th of every month at 04:00'],
    ['0 0 1 1 *', 'Every year on 1 January at 00:00'],
  ])('says %s as "%s"', (cron, words) => {
    expect(cronWords(cron)).toBe(words)
  })

  it.each(['0 2 1 * 1', '0-30/7 2 * * *', '0 2 * * 1#2', 'nonsense', '', '0 2 * *', '0 2 * * * *', '0 2 * 13 *'])(
    'says nothing rather than something wrong about %j',
    (cron) => {
      expect(cronWords(cron)).toBeNull()
    },
  )
})
