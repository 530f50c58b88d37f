import { describe, expect, it, test } from 'vitest'
import { addressGroup } from '@/lib/core/network/address-group'
import { allowedHosts } from '@/lib/core/network/allowed-hosts'
import { originOfRequest } from '@/lib/core/network/origin-of-request'
import { parseNetworks } from '@/lib/core/network/parse-networks'
import { publicAddress } from '@/lib/core/network/public-address'

const trusted = parseNetworks('10.0.0.0/8, 2001:db8:1::/48 192.0.2.1', 'HOLDFAST_TRUSTED_PROXIES')
const arrive = (peer: string, forwardedFor?: string, forwardedProto?: string, forwardedHost?: string) =>
  originOfRequest({ peer, host: 'us.example', forwardedFor, forwardedProto, forwardedHost }, trusted)

describe('who asks', () => {
  test.each([
    ['198.51.100.7', undefined, '198.51.100.7'],
    ['198.51.100.7', '1.1.1.1', '198.51.100.7'],
    ['::ffff:198.51.100.7', '1.1.1.1', '198.51.100.7'],
    ['10.0.0.2', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.2', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.2', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.2', '1.1.1.1, 203.0.113.9, 10.0.0.5,192.0.2.1', '203.0.113.9'],
    ['10.0.0.2', '10.0.0.9', '10.0.0.9'],
    ['10.0.0.2', '', '10.0.0.2'],
    ['10.0.0.2', 'unknown', '10.0.0.2'],
    ['10.0.0.2', '1.1.1.1, not an address, 10.0.0.5', '10.0.0.5'],
    ['10.0.0.2', '203.0.113.9:4711', '203.0.113.9'],
    ['2001:db8:1::2', '[2001:db8:2::7]:4711', '2001:db8:2::7'],
  ])('through %s with X-Forwarded-For %j it is %s: what the trusted proxy saw', (peer, list, client) => {
    expect(arrive(peer, list).client).toBe(client)
  })

  it('takes protocol and name from trusted proxies alone', () => {
    expect(arrive('198.51.100.7', undefined, 'https', 'evil.test')).toMatchObject({
      protocol: 'http',
      host: 'us.example',
    })
    expect(arrive('10.0.0.2', undefined, 'https', 'b.example')).toMatchObject({ protocol: 'https', host: 'b.example' })
    expect(arrive('10.0.0.2', undefined, 'http, https', 'evil.test, b.example')).toMatchObject({
      protocol: 'https',
      host: 'b.example',
    })
    expect(arrive('10.0.0.2')).toMatchObject({ protocol: 'http', host: 'us.example' })
  })

  test.each(['10.0.0.0/33', '10.0.0/8', 'proxy', '10.0.0.0/8/8', '::/129', '10.0.0.1/x'])('refuses %j', (text) => {
    expect(() => parseNetworks(text, 'X')).toThrow(/holds/)
  })
})

describe('the place that attempts are counted for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [null, 'unknown'],
  ])('of %j is %s', (address, group) => {
    expect(addressGroup(address)).toBe(group)
  })
})

describe('the names that we answer to', () => {
  const isAllowed = allowedHosts({
    listensOn: '0.0.0.0',
    publicUrl: 'https://Backup.example.com',
    further: 'lan.example, 192.168.1.5:3000 [fd00::5]:3000',
  })
  test.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST:8080',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]:3000',
    'backup.example.com',
    'backup.example.com:443',
    'BACKUP.example.com.',
    'lan.example',
    'lan.example:9000',
    '192.168.1.5:3000',
    '[fd00::5]:3000',
  ])('include %s', (host) => {
    expect(isAllowed(host)).toBe(true)
  })
  test.each([
    '',
    'evil.example',
    'evil.example:3000',
    'backup.example.com:3000',
    'backup.example.com.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'user@localhost',
    'localhost/x',
    '192.168.1.5',
    '192.168.1.5:3001',
    '10.0.0.1:3000',
    '0.0.0.0:3000',
    '[fd00::5]',
    'localhost:3000:3000',
    'a b',
  ])('do not include %j', (host) => {
    expect(isAllowed(host)).toBe(false)
  })

  it('include the address listened on when it is a concrete one', () => {
    const own = allowedHosts({ listensOn: '192.168.1.9', publicUrl: undefined, further: undefined })
    expect(own('192.168.1.9:3000')).toBe(true)
    expect(own('192.168.1.8:3000')).toBe(false)
    const six = allowedHosts({ listensOn: 'fd00::9', publicUrl: undefined, further: undefined })
    expect(six('[fd00::9]:3000')).toBe(true)
  })
})

test.each([
  ['https://b.example/x', 'https://b.example'],
  ['http://127.0.0.1:3000', null],
  ['http://localhost:3000', null],
  ['http://[::1]:3000', null],
  ['nonsense', null],
  [undefined, null],
])('the public address of %j is %j', (url, address) => {
  expect(publicAddress(url)).toBe(address)
})
