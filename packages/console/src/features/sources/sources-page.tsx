import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Page } from '../../ui/page.tsx'
import { useMay } from '../../ui/session.ts'
import { DeadLetters } from './dead-letters.tsx'
import { Debugger } from './debugger.tsx'
import { KeysCard } from './keys-card.tsx'
import { SourcesCard } from './sources-card.tsx'

/** Where records come from: sources with their keys, what comes in right now, and what could not be taken. */
export function SourcesPage() {
  const { tab = 'sources' } = useSearch({ strict: false })
  const navigate = useNavigate()
  const mayAdmin = useMay('admin')
  return (
    <Page
      title="Sources & keys"
      lead="Where records come from, what is coming in right now, and what could not be taken."
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: '.', search: (known: object) => ({ ...known, tab: value ?? undefined }), replace: true })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="sources">Sources</Tabs.Tab>
          {mayAdmin && <Tabs.Tab value="keys">Keys</Tabs.Tab>}
          <Tabs.Tab value="debugger">Live debugger</Tabs.Tab>
          <Tabs.Tab value="letters">Dead letters</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="sources">
          <SourcesCard />
        </Tabs.Panel>
        {mayAdmin && (
          <Tabs.Panel value="keys">
            <KeysCard />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="debugger">
          <Debugger />
        </Tabs.Panel>
        <Tabs.Panel value="letters">
          <DeadLetters />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
