import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SetupSteps } from '@/components/setup/setup-steps'
import { container, serviceContext } from '@/lib/server/container'
import { instanceFacts } from '@/lib/server/instance-facts'
import { requireActor } from '@/lib/server/sign-in/session'
import { getSettings } from '@/lib/services/settings/get-settings'
import { isSetUp } from '@/lib/services/user/create-first-administrator'

export const metadata: Metadata = { title: 'Set up' }

/** Where set-up stands is asked of the catalog, so a reload, or another browser, goes on where it was left. */
export default async function SetupPage() {
  if (!(await isSetUp({ ctx: (await container()).context }))) return <SetupSteps begin="administrator" />
  const actor = await requireActor()
  const { recoveryKey } = await getSettings({ ctx: await serviceContext(actor), input: instanceFacts() })
  if (actor.role !== 'admin' || recoveryKey.recipient !== null) redirect('/admin')
  return <SetupSteps begin="kit" />
}
