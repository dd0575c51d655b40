import { Alert, Anchor, Box, Button, CopyButton, Group, Tabs, Text, Tooltip, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Check, Copy, GitMerge, Split, UserRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ProfileAnswer } from '../../api/answers.ts'
import { profileQuery } from '../../api/profile.ts'
import { AudienceChips } from '../../ui/audience-chips.tsx'
import { EventsTimeline } from '../../ui/events-timeline.tsx'
import { countOf } from '../../ui/numbers.ts'
import { Page } from '../../ui/page.tsx'
import { ProfileName } from '../../ui/profile-name.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { DecisionsCard } from './decisions-card.tsx'
import { ExplainCard } from './explain-card.tsx'
import { GoldenRecord } from './golden-record.tsx'
import { HistoryTab } from './history-tab.tsx'
import { IdentifiersTable } from './identifiers-table.tsx'
import { LinksTab } from './links-tab.tsx'
import { SplitDialog } from './split-dialog.tsx'

const tabs = [
  ['summary', 'Summary'],
  ['events', 'Events'],
  ['graph', 'Identity graph'],
  ['links', 'Links'],
  ['history', 'History'],
] as const
type Tab = (typeof tabs)[number][0]

/** One person: who they are, by what, what they did, and why all of it is theirs. */
export function ProfilePage({ id, tab: given, graph }: { id: string; tab?: Tab; graph: ReactNode }) {
  const space = useSpace()
  const query = useQuery(profileQuery(space, id))
  const navigate = useNavigate()
  const search = useSearch({ strict: false })
  const tab = given ?? tabs.find(([name]) => name === search.tab)?.[0] ?? 'summary'
  const choose = (name: string | null) => {
    if (name === 'graph') void navigate({ to: '/customers/$id/graph', params: { id }, replace: true })
    else void navigate({ to: '/customers/$id', params: { id }, search: { tab: name ?? 'summary' }, replace: true })
  }
  const name = query.data?.name ?? 'Customer'
  return (
    <Page
      title={name}
      heading={query.data ? <ProfileName id={query.data.profileId} name={query.data.name} /> : name}
      above={
        <Anchor component={Link} to="/customers" size="sm">
          All customers
        </Anchor>
      }
      lead={query.data && <ProfileLead profile={query.data} />}
      actions={<ProfileActions id={id} />}
    >
      <QueryView query={query} rows={10}>
        {(profile) => (
          <>
            <OpenMatters profile={profile} />
            <Tabs value={tab} onChange={choose} keepMounted={false}>
              <Tabs.List mb="md">
                {tabs.map(([value, label]) => (
                  <Tabs.Tab key={value} value={value}>
                    {label}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value="summary">
                <div className="profile-summary">
                  <GoldenRecord profile={profile} />
                  <IdentifiersTable id={profile.profileId} />
                </div>
              </Tabs.Panel>
              <Tabs.Panel value="events">
                <EventsTimeline id={profile.profileId} />
              </Tabs.Panel>
              <Tabs.Panel value="graph">{graph}</Tabs.Panel>
              <Tabs.Panel value="links">
                <Stack gap="md">
                  <LinksTab id={profile.profileId} />
                  <ExplainCard id={profile.profileId} />
                </Stack>
              </Tabs.Panel>
              <Tabs.Panel value="history">
                <Stack gap="md">
                  <DecisionsCard id={profile.profileId} />
                  <HistoryTab id={profile.profileId} />
                </Stack>
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </QueryView>
    </Page>
  )
}

function ProfileLead({ profile }: { profile: ProfileAnswer }) {
  const { profileId, recordCount, sourceCount, firstSeen, lastSeen } = profile
  return (
    <Group gap="xs">
      <Group gap={4} wrap="nowrap">
        <code>{profileId}</code>
        <CopyButton value={profileId}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy the id'}>
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                px={4}
                onClick={copy}
                aria-label="Copy the profile id"
              >
                {copied ? <Check size={13} /> : <Copy size={13} />}
              </Button>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
      <span aria-hidden>·</span>
      <span>
        {countOf(recordCount, 'record')} from {countOf(sourceCount, 'source')}
      </span>
      <span aria-hidden>·</span>
      <span>
        first seen <Time at={firstSeen} />, last <Time at={lastSeen} />
      </span>
      <AudienceChips id={profileId} />
    </Group>
  )
}

function ProfileActions({ id }: { id: string }) {
  const mayDecide = useMay('manager')
  const [isSplitting, setIsSplitting] = useState(false)
  if (!mayDecide) return null
  return (
    <>
      <Button variant="default" leftSection={<Split size={15} aria-hidden />} onClick={() => setIsSplitting(true)}>
        Split
      </Button>
      <Button
        variant="default"
        leftSection={<GitMerge size={15} aria-hidden />}
        renderRoot={(props) => <Link to="/customers/$id/merge" params={{ id }} {...props} />}
      >
        Merge
      </Button>
      <SplitDialog id={id} isOpen={isSplitting} close={() => setIsSplitting(false)} />
    </>
  )
}

/** What waits for a person, and an id that leads elsewhere now. */
function OpenMatters({ profile: { open, moved, askedId, demoted } }: { profile: ProfileAnswer }) {
  const waits = [
    open.candidates > 0 && `${countOf(open.candidates, 'possible duplicate')} in the merge review`,
    open.heldLinks > 0 && `${countOf(open.heldLinks, 'link')} held apart by a limit`,
    open.unresolved > 0 && `${countOf(open.unresolved, 'group')} of records kept apart`,
    demoted.length > 0 && `${countOf(demoted.length, 'value')} over a limit, kept but no longer linking`,
  ].filter((text) => text !== false)
  return (
    <>
      {moved && (
        <Alert variant="outline" color="ink" icon={<UserRound size={16} aria-hidden />}>
          The id <code>{askedId}</code> leads here now: its records belong to this profile.
        </Alert>
      )}
      {waits.length > 0 && (
        <Box className="card" px="md" py="xs">
          <Text size="sm">
            {waits.join(' · ')}
            {open.candidates > 0 && (
              <>
                {' · '}
                <Link to="/customers/merge-review">Review</Link>
              </>
            )}
          </Text>
        </Box>
      )}
    </>
  )
}
