'use client'

import { Approvals } from '@/components/access/approvals'
import { SingleSignOn } from '@/components/access/single-sign-on'
import { PageHeader } from '@/components/ui/page-header'
import { Tab, TabList, TabPanel, Tabs } from '@/components/ui/tabs'
import { useUrlState } from '@/lib/client/use-url-state'
import { About } from './about'
import { Channels } from './channels'
import { Limits } from './limits'
import { Profile } from './profile'
import { RecoveryTab } from './recovery-tab'
import { Tokens } from './tokens'
import { Users } from './users'
import { Watching } from './watching'

const tabs = [
  { name: 'profile', label: 'Profile', Panel: Profile },
  { name: 'users', label: 'Users', Panel: Users },
  { name: 'sign-on', label: 'Single sign-on', Panel: SingleSignOn },
  { name: 'approvals', label: 'Approvals', Panel: Approvals },
  { name: 'tokens', label: 'API tokens', Panel: Tokens },
  { name: 'channels', label: 'Alert channels', Panel: Channels },
  { name: 'limits', label: 'Limits', Panel: Limits },
  { name: 'watching', label: 'Watching', Panel: Watching },
  { name: 'recovery', label: 'Recovery kit', Panel: RecoveryTab },
  { name: 'about', label: 'About', Panel: About },
] as const

export function SettingsScreen() {
  const { get, set } = useUrlState()
  const current = tabs.find((tab) => tab.name === get('tab'))?.name ?? 'profile'
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs value={current} onValueChange={(tab) => set({ tab })}>
        <TabList aria-label="Settings">
          {tabs.map((tab) => (
            <Tab key={tab.name} value={tab.name}>
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {tabs.map(({ name, Panel }) => (
          <TabPanel key={name} value={name}>
            <Panel />
          </TabPanel>
        ))}
      </Tabs>
    </>
  )
}
