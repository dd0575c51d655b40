import { Anchor, Button, Group, Radio, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeftRight, Search } from 'lucide-react'
import { useState } from 'react'
import type { Decided } from '../../api/answers.ts'
import { revertDecision } from '../../api/decide.ts'
import { identifiersQuery } from '../../api/identifiers.ts'
import { mergeProfiles } from '../../api/merge-profiles.ts'
import { profileQuery } from '../../api/profile.ts'
import { searchProfilesQuery } from '../../api/search-profiles.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { EventsTimeline } from '../../ui/events-timeline.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { countOf } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { ProfileName } from '../../ui/profile-name.tsx'
import { useSpace } from '../../ui/session.ts'
import { SideBySide } from '../../ui/side-by-side.tsx'
import { LoadingRows, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useToldUndo } from '../../ui/told-undo.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { JsonText, ValueText } from '../../ui/value-text.tsx'

/** Two profiles made one by hand: the duplicate is searched, the two compared, conflicting values chosen, the outcome seen first. */
export function MergePage() {
  const { id = '' } = useParams({ strict: false })
  const { with: other } = useSearch({ strict: false })
  const profile = useQuery(profileQuery(useSpace(), id))
  return (
    <Page
      title="Merge"
      heading={profile.data ? <>Merge {<ProfileName id={id} name={profile.data.name} />}</> : 'Merge'}
      above={
        <Anchor component={Link} to="/customers/$id" params={{ id } as never} size="sm">
          Back to the profile
        </Anchor>
      }
      lead="Nothing changes until you confirm, and a merge can be taken back exactly, with whatever came afterwards."
    >
      {other === undefined || other === '' ? <FindDuplicate id={id} /> : <Compare id={id} other={other} />}
    </Page>
  )
}

function FindDuplicate({ id }: { id: string }) {
  const space = useSpace()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 250)
  const query = useInfiniteQuery({ ...searchProfilesQuery(space, asked), enabled: asked !== '' })
  return (
    <Card title="Find the duplicate" lead="By an e-mail or phone in any spelling, an id, a device or a name." isFlush>
      <Group px="md" pb="sm">
        <TextInput
          type="search"
          aria-label="Search the duplicate"
          leftSection={<Search size={16} aria-hidden />}
          w={480}
          maw="100%"
          value={text}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Group>
      {asked !== '' && (
        <QueryView query={query}>
          {(data) => (
            <DataTable
              label="Profiles found"
              rows={itemsOf(data).filter(({ profile }) => profile.profileId !== id)}
              keyOf={({ profile }, place) => `${profile.profileId} ${place}`}
              columns={[
                {
                  header: 'Customer',
                  cell: ({ profile }) => <ProfileName id={profile.profileId} name={profile.name} />,
                },
                {
                  header: 'Found by',
                  cell: ({ type, value }) =>
                    type === null || value === null ? (
                      'name'
                    ) : (
                      <ValueText text={`${typeInWords(type)} ${value}`} longest={60} />
                    ),
                },
                { header: 'Records', cell: ({ profile }) => profile.recordCount, align: 'end' },
                { header: 'Last seen', cell: ({ profile }) => <Time at={profile.lastSeen} /> },
                {
                  header: 'Choose',
                  isBare: true,
                  cell: ({ profile }) => (
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() =>
                        void navigate({ to: '.', search: (known: object) => ({ ...known, with: profile.profileId }) })
                      }
                    >
                      Compare
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      )}
    </Card>
  )
}

function Compare({ id, other }: { id: string; other: string }) {
  const space = useSpace()
  const navigate = useNavigate()
  const told = useToldUndo()
  const [isSwapped, setIsSwapped] = useState(false)
  const [pinned, setPinned] = useState<ReadonlyMap<string, unknown>>(new Map())
  const [reason, setReason] = useState('')
  const [survivor, session] = isSwapped ? [other, id] : [id, other]
  const given = {
    survivor,
    session,
    pinned: [...pinned].map(([field, value]) => ({ field, value })),
    reason: reason === '' ? null : reason,
  }
  const left = useQuery(profileQuery(space, survivor))
  const right = useQuery(profileQuery(space, session))
  const leftIds = useQuery(identifiersQuery(space, survivor))
  const rightIds = useQuery(identifiersQuery(space, session))
  const preview = useQuery({
    queryKey: [space, 'merge-preview', survivor, session, given.pinned],
    queryFn: () => mergeProfiles(space, { ...given, reason: null, preview: true }),
  })
  const merge = useWrite(() => mergeProfiles(space, { ...given, preview: false }), {
    onSuccess: ({ decisionId, after }) => {
      told('Merged into one', () => revertDecision(space, { id: decisionId }))
      void navigate({ to: '/customers/$id', params: { id: after[0] ?? survivor } })
    },
  })
  if (!left.data || !right.data || !leftIds.data || !rightIds.data) {
    const failed = [left, right, leftIds, rightIds].find(({ error }) => error)
    return failed ? <QueryView query={{ ...failed, data: undefined }}>{() => null}</QueryView> : <LoadingRows />
  }
  return (
    <Stack gap="md">
      <Card
        title="Side by side"
        lead="Where the two differ, choose what survives; otherwise the survivorship rules do."
        isFlush
        actions={
          <>
            <Button
              variant="default"
              leftSection={<ArrowLeftRight size={15} aria-hidden />}
              onClick={() => {
                setIsSwapped(!isSwapped)
                setPinned(new Map())
              }}
            >
              Swap the roles
            </Button>
            <Button
              variant="subtle"
              onClick={() => void navigate({ to: '.', search: (known: object) => ({ ...known, with: undefined }) })}
            >
              Another duplicate
            </Button>
          </>
        }
      >
        <SideBySide
          sides={[
            { profile: left.data, identifiers: leftIds.data.items, role: 'Keeps identity (survivor)' },
            { profile: right.data, identifiers: rightIds.data.items, role: 'Folds in' },
          ]}
          choose={(field, values) => (
            <Choice
              field={field}
              values={values}
              chosen={pinned.get(field)}
              choose={(value) => {
                const next = new Map(pinned)
                if (value === undefined) next.delete(field)
                else next.set(field, value)
                setPinned(next)
              }}
            />
          )}
        />
      </Card>
      <Card title="The outcome" lead="Tried on what is stored; nothing has changed yet.">
        <QueryView query={preview}>{(tried) => <Outcome tried={tried} />}</QueryView>
        <Textarea
          mt="md"
          label="Reason"
          description="For those who look later"
          value={reason}
          autosize
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group mt="md">
          <Button loading={merge.isPending} disabled={preview.error !== null} onClick={() => merge.mutate(undefined)}>
            Merge these two
          </Button>
        </Group>
      </Card>
      <div className="two-timelines">
        <EventsTimeline id={survivor} title="What the survivor did" />
        <EventsTimeline id={session} title="What the other did" />
      </div>
    </Stack>
  )
}

interface ChoiceProps {
  readonly field: string
  readonly values: readonly [unknown, unknown]
  readonly chosen: unknown
  readonly choose: (value: unknown) => void
}

function Choice({ field, values, chosen, choose }: ChoiceProps) {
  const now = chosen === undefined ? 'rule' : JSON.stringify(chosen) === JSON.stringify(values[0]) ? '0' : '1'
  return (
    <Radio.Group
      aria-label={`Value of ${typeInWords(field)}`}
      value={now}
      onChange={(value) => choose(value === 'rule' ? undefined : values[Number(value) as 0 | 1])}
    >
      <Group gap="lg">
        {values.map((value, place) => (
          <Radio key={place} size="xs" value={String(place)} label={<JsonText value={value} />} />
        ))}
        <Radio size="xs" value="rule" label="as the rules say" />
      </Group>
    </Radio.Group>
  )
}

function Outcome({ tried }: { tried: Decided }) {
  const [profile] = tried.profiles
  return (
    <Stack gap="xs">
      <Text size="sm">
        {countOf(tried.before.length, 'profile')} would be {countOf(tried.after.length, 'profile')}
        {profile &&
          `, with ${countOf(profile.recordCount, 'record')} and ${countOf(profile.identifiers.length, 'identifier')}`}
        .
      </Text>
      {profile && (
        <dl className="definition">
          {profile.fields.map(({ field, value }) => (
            <FieldLine key={field} field={field} value={value} />
          ))}
        </dl>
      )}
    </Stack>
  )
}

function FieldLine({ field, value }: { field: string; value: unknown }) {
  return (
    <>
      <dt>{typeInWords(field)}</dt>
      <dd>
        <JsonText value={value} />
      </dd>
    </>
  )
}
