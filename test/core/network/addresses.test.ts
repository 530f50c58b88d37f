import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback } from '@/lib/core/network/is-loopback'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { parseIpv6 } from '@/lib/core/network/parse-address'

describe('an address of the machine itself is seen (security 12, security 15)', () => {
  it.each([
    // IPv4 in every form that the resolver takes.
    '169.254.169.254',
    '169.254.0.1',
    '169.254.170.2',
    '0xa9fea9fe',
    '0XA9FEA9FE',
    '2852039166',
    '025177524776',
    '169.254.43518',
    '169.16689662',
    '0251.0376.0251.0376',
    '0xa9.0xfe.0xa9.0xfe',
    '0xa9.254.0251.254',
    '169.254.169.254.',
    ' 169.254.169.254 ',
    '100.100.100.200',
    '0x646464c8',
    '192.0.0.192',
    '168.63.129.16',
    // IPv6.
    'fe80::1',
    '[fe80::1]',
    'fe80::1%eth0',
    '[FE80::1%25eth0]',
    'febf::1',
    'fd00:ec2::254',
    'FD00:0EC2:0000:0000:0000:0000:0000:0254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    'fd00:42::42',
    // IPv4 inside IPv6.
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[::FFFF:A9FE:A9FE]',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '0000:0000:0000:0000:0000:ffff:169.254.169.254',
    '::ffff:0:169.254.169.254',
    '::169.254.169.254',
    '::a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '2001:0:4136:e378:8000:63bf:5601:5601',
    '::ffff:100.100.100.200',
    // Names.
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'metadata',
    'instance-data',
  ])('%s', (host) => expect(isMetadataAddress(host)).toBe(true))

  it('whatever the spelling of its parts, as the system itself reads them', () => {
    const part = (value: number) =>
      fc.constantFrom(
        String(value),
        `0x${value.toString(16)}`,
        `0X${value.toString(16).toUpperCase()}`,
        `0${value.toString(8)}`,
      )
    const host = fc.tuple(part(169), part(254), fc.nat(255).chain(part), fc.nat(255).chain(part))
    fc.assert(fc.property(host, (parts) => isMetadataAddress(parts.join('.'))))
  })
})

describe('where databases are is allowed', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.253.1.1',
    '169.255.1.1',
    '168.63.129.17',
    '::1',
    '::',
    'fd00::1',
    'fd12:3456::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    's3.example.com',
    '169.254.169.254.example.com',
    'metadata.example.com',
    'db',
    'abc',
    '1.2.3.4.5',
    '169.254.169.256',
    '09.1.1.1',
    '/var/run/postgresql',
    '',
  ])('%s', (host) => expect(isMetadataAddress(host)).toBe(false))
})

describe('loopback', () => {
  it.each(['localhost', 'LOCALHOST.', '127.0.0.1', '127.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1'])(
    'is %s',
    (host) => expect(isLoopback(host)).toBe(true),
  )
  it.each([
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '10.0.0.1',
    '::2',
    'localhost.example.com',
    'db.localhost',
    '127.0.0.1.example.com',
    'fe80::1',
  ])('is not %s', (host) => expect(isLoopback(host)).toBe(false))
})

describe('an IPv6 address', () => {
  it('is one when the system takes it for one', () => {
    const group = fc.constantFrom('0', '1', 'a9fe', 'FFFF', '00', '12345', 'g', '', '1.2.3.4', '1.2.3')
    const shape = fc.array(group, { maxLength: 9 }).map((parts) => parts.join(':'))
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), shape, fc.string()), (text) => {
        // Zones are taken off before.
        fc.pre(!text.includes('%'))
        expect(parseIpv6(text) !== null).toBe(isIPv6(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it('has the groups that URLs write it with', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const groups = parseIpv6(text)
          ?.map((part) => part.toString(16))
          .join(':')
        expect(new URL(`http://[${groups}]/`).hostname).toBe(new URL(`http://[${text}]/`).hostname)
      }),
    )
  })
})
