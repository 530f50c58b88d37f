import { describe, expect, it } from 'vitest'
import { destinationContract, readPlace } from '@/lib/contracts/destinations/index'

describe('a place as it is written on the command line', () => {
  it.each(['s3://backups', 's3://backups/shop/eu', 's3://backups/shop 100%', '/var/backups', '/var/back ups/ü'])(
    'is read as it is shown: %s',
    (place) => {
      const found = readPlace(place)
      expect(found && destinationContract(found.kind).place(found.config)).toBe(place)
    },
  )

  it('takes where its server is from beside it', () => {
    const found = readPlace('s3://backups/shop', { endpoint: 'https://s3.example.net', region: 'eu-west-1' })
    expect(found?.config).toMatchObject({
      bucket: 'backups',
      prefix: 'shop',
      endpoint: 'https://s3.example.net',
      region: 'eu-west-1',
      forcePathStyle: true,
    })
  })

  it.each(['', 'backups', 's3://', 's3:///shop', 'ftp://backups/shop'])(
    'is refused when no destination is written so: %s',
    (place) => {
      expect(readPlace(place)).toBeNull()
    },
  )
})
