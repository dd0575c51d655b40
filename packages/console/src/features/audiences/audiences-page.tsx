import { Button, Modal, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, Target } from 'lucide-react'
import { useState } from 'react'
import type { Audience } from '../../api/answers.ts'
import { audienceCountQuery, audienceMembersQuery, audiencesQuery, dropAudience } from '../../api/audiences.ts'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { numberText, shareText } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { ProfileLink } from '../../ui/profile-name.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { AudienceForm } from './audience-form.tsx'
import { ruleInWords } from './audience-words.ts'

/** Saved filters over golden records and events, in which each person counts once. */
export function AudiencesPage() {
  const space = useSpace()
  const query = useQuery(audiencesQuery(space))
  const mayChange = useMay('manager')
  const { audience } = useSearch({ strict: false })
  const navigate = useNavigate()
  const [isNew, setIsNew] = useState(false)
  const open = (id: string | undefined) =>
    void navigate({ to: '.', search: (known: object) => ({ ...known, audience: id }), replace: true })
  const chosen = query.data?.find(({ audienceId }) => audienceId === audience) ?? null
  const make = mayChange && (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsNew(true)}>
      New audience
    </Button>
  )
  return (
    <Page
      title="Audiences"
      lead="Saved filters over what is known of people and what they did. Each person counts once, whatever channels they came by."
      actions={make}
    >
      <Card isFlush>
        <QueryView query={query}>
          {(audiences) =>
            audiences.length === 0 ? (
              <EmptyState icon={Target} title="There is no audience yet" action={make}>
                Everybody on a plan, everybody who filled a cart and never ordered: say it once, and count on it.
              </EmptyState>
            ) : (
              <DataTable
                label="Audiences"
                columns={columnsOf(open)}
                rows={audiences}
                keyOf={({ audienceId }) => audienceId}
              />
            )
          }
        </QueryView>
      </Card>
      {chosen && <Members audience={chosen} close={() => open(undefined)} />}
      <Modal opened={isNew} onClose={() => setIsNew(false)} title="New audience" size="lg">
        <AudienceForm
          onMade={(id) => {
            setIsNew(false)
            open(id)
          }}
        />
      </Modal>
    </Page>
  )
}

const columnsOf = (open: (id: string) => void): readonly Column<Audience>[] => [
  { header: 'Audience', cell: ({ name }) => <Text fw={560}>{name}</Text> },
  { header: 'Who', cell: ({ rule }) => ruleInWords(rule) },
  { header: 'People', cell: ({ audienceId }) => <Count id={audienceId} />, align: 'end', width: 110 },
  { header: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, width: 130 },
  {
    header: 'Open',
    isBare: true,
    width: 110,
    cell: ({ audienceId, name }) => (
      <Button size="compact-sm" variant="default" onClick={() => open(audienceId)} aria-label={`Members of ${name}`}>
        Members
      </Button>
    ),
  },
]

function Count({ id }: { id: string }) {
  const { data } = useQuery(audienceCountQuery(useSpace(), id))
  if (!data) return <>…</>
  return (
    <span title={`${shareText(data.of === 0 ? null : data.profiles / data.of)} of everybody`}>
      {numberText(data.profiles)}
    </span>
  )
}

function Members({ audience, close }: { audience: Audience; close: () => void }) {
  const space = useSpace()
  const mayChange = useMay('manager')
  const query = useInfiniteQuery(audienceMembersQuery(space, audience.audienceId))
  const drop = useWrite(() => dropAudience(space, audience.audienceId), {
    said: () => `The audience ${audience.name} is gone`,
    onSuccess: close,
  })
  return (
    <Card
      title={audience.name}
      lead={ruleInWords(audience.rule)}
      isFlush
      actions={
        <>
          {mayChange && (
            <Button variant="subtle" color="red" loading={drop.isPending} onClick={() => drop.mutate(undefined)}>
              Delete the audience
            </Button>
          )}
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </>
      }
    >
      <QueryView query={query}>
        {(data) => {
          const rows = itemsOf(data)
          if (rows.length === 0) return <EmptyState icon={Target} title="Nobody belongs to it now" />
          return (
            <>
              <DataTable
                label={`Members of ${audience.name}`}
                rows={rows}
                keyOf={({ profileId }) => profileId}
                columns={[
                  { header: 'Customer', cell: ({ profileId, name }) => <ProfileLink id={profileId} name={name} /> },
                  { header: 'Records', cell: ({ recordCount }) => numberText(recordCount), align: 'end' },
                  { header: 'Last seen', cell: ({ lastSeen }) => <Time at={lastSeen} /> },
                ]}
              />
              <LoadMore {...query} />
            </>
          )
        }}
      </QueryView>
    </Card>
  )
}
