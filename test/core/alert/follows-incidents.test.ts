import { expect, it } from 'vitest'
import { channelKinds, followsIncidents } from '@/lib/contracts/alerting/channel-config'

it('only receivers with incidents of their own are sent the end of each, and none of a kind that is not known yet', () => {
  expect(channelKinds.filter(followsIncidents)).toEqual(['pagerduty'])
  expect(followsIncidents('of-a-later-version')).toBe(false)
})
