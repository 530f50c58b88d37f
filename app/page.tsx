import { redirect } from 'next/navigation'
import { container } from '@/lib/server/container'
import { currentActor } from '@/lib/server/sign-in/session'
import { isSetUp } from '@/lib/services/user/create-first-administrator'

/** The address that the start prints leads to what comes next. */
export default async function Home() {
  if (!(await isSetUp({ ctx: (await container()).context }))) redirect('/setup')
  redirect((await currentActor()) ? '/admin' : '/login')
}
