import { Group, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { Search, SearchX, Users } from 'lucide-react'
import { useState } from 'react'
import type { Found } from '../../api/answers.ts'
import { searchProfilesQuery } from '../../api/search-profiles.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { numberText } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** Everybody who is known, the last changed first, or who an identifier as typed leads to. */
export function CustomersPage() {
  const space = useSpace()
  const navigate = useNavigate()
  // What is typed may be somebody's address: it is kept with the entry of the history, never in the URL.
  const asked = useLocation({ select: ({ state }) => state.asked ?? '' })
  const [text, setText] = useState(asked)
  const ask = useDebouncedCallback((query: string) => {
    void navigate({ to: '.', state: (known) => ({ ...known, asked: query }), replace: true, search: true })
  }, 250)
  const query = useInfiniteQuery({ ...searchProfilesQuery(space, asked.trim()), placeholderData: keepPreviousData })
  return (
    <Page
      title="Customers"
      lead="One profile per person, from every channel. Search by anything that identifies somebody: an e-mail or phone in any spelling, a customer id, a device, a name."
    >
      <Card isFlush>
        <Group p="sm">
          <TextInput
            type="search"
            aria-label="Search customers"
            placeholder="sarah.johnson@email.com, (555) 123-4567, C-1042, Sarah …"
            leftSection={<Search size={16} aria-hidden />}
            flex={1}
            maw={560}
            value={text}
            autoComplete="off"
            onChange={(event) => {
              setText(event.currentTarget.value)
              ask(event.currentTarget.value)
            }}
          />
        </Group>
        <QueryView query={query}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) return asked === '' ? <NobodyYet /> : <NobodyFound />
            return (
              <>
                <DataTable
                  label="Customers"
                  columns={columns}
                  rows={rows}
                  keyOf={({ profile }, place) => `${profile.profileId} ${place}`}
                />
                <LoadMore {...query} />
              </>
            )
          }}
        </QueryView>
      </Card>
    </Page>
  )
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What was searched for. */
    asked?: string
  }
}

const columns: readonly Column<Found>[] = [
  {
    header: 'Customer',
    cell: ({ profile }) => (
      <Link to="/customers/$id" params={{ id: profile.profileId }}>
        {profile.name === null ? (
          <span>Anonymous {profile.profileId.slice(2, 8)}</span>
        ) : (
          <ValueText text={profile.name} longest={60} />
        )}
      </Link>
    ),
  },
  {
    header: 'Found by',
    cell: ({ foundBy, type, value }) =>
      type === null || value === null ? (
        <Text size="sm" c="dimmed">
          {foundBy === 'recency' ? 'last change' : foundBy}
        </Text>
      ) : (
        <Group gap={6} wrap="nowrap">
          <Chip tone="blue">{typeInWords(type)}</Chip>
          <ValueText text={value} longest={50} />
        </Group>
      ),
  },
  { header: 'Records', cell: ({ profile }) => numberText(profile.recordCount), align: 'end', width: 90 },
  { header: 'Identifiers', cell: ({ profile }) => numberText(profile.identifierCount), align: 'end', width: 100 },
  { header: 'Sources', cell: ({ profile }) => numberText(profile.sourceCount), align: 'end', width: 90 },
  { header: 'First seen', cell: ({ profile }) => <Time at={profile.firstSeen} />, width: 130 },
  { header: 'Last seen', cell: ({ profile }) => <Time at={profile.lastSeen} />, width: 130 },
]

function NobodyYet() {
  return (
    <EmptyState icon={Users} title="Nobody is known yet">
      Profiles appear with the first record. Connect a source, and send it an event or a row.
    </EmptyState>
  )
}

function NobodyFound() {
  return (
    <EmptyState icon={SearchX} title="Nobody is found by that">
      A value is searched for as it is compared: any spelling of an e-mail or a phone will do. Of names and identifiers
      the beginning is enough, from three characters on.
    </EmptyState>
  )
}
