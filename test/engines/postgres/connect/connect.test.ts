import { expect, it } from 'vitest'
import { connect } from '@/lib/engines/postgres/connect/connect'
import { makeSource } from '../../../helpers/servers/postgres'
import { testPostgresUrl } from '../../../helpers/servers/servers'

it('a connection that is given up while it opens rejects at once with the reason (fault 11)', async () => {
  const { port } = new URL(testPostgresUrl())
  for (const afterMs of [0, 1, 2, 4]) {
    const controller = new AbortController()
    const connecting = connect(makeSource({ port: Number(port) }), controller.signal)
    connecting.catch(() => undefined)
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs))
    controller.abort(new Error('no longer wanted'))
    const outcome = await connecting.then(
      (client) => client.end().then(() => 'connected before'),
      (error: unknown) => String(error),
    )
    expect(['Error: no longer wanted', 'connected before']).toContain(outcome)
  }
})
