import { Box, Group, Stack, Text } from '@mantine/core'
import { ArrowRight } from 'lucide-react'
import type { PlanReport } from '../api/answers.ts'
import { Chip, type Tone } from './chip.tsx'
import { DataTable } from './data-table.tsx'
import { typeInWords } from './identifier-words.ts'
import { countOf, numberText, shareText } from './numbers.ts'
import { Stat } from './page.tsx'
import { ValueText } from './value-text.tsx'
import './plan-story.css'

type Pictured = PlanReport['examples'][number]['before'][number]

/** What a ruleset does to everything stored: the counts first, then people before and after. */
export function PlanStory({ report }: { report: PlanReport }) {
  const { profiles, examples, regroupings, largest, rules, candidates, heldLinks, unresolvedRecords, golden } = report
  const isQuiet = profiles.merged + profiles.split + profiles.moved + profiles.dissolved === 0
  return (
    <Stack gap="md">
      <Group gap="sm" align="stretch">
        <Stat label="Customers" value={<BeforeAfter of={profiles} />} />
        <Stat label="Merged" value={numberText(profiles.merged)} note="come together with others" />
        <Stat label="Split" value={numberText(profiles.split)} note="fall apart" />
        <Stat label="Moved" value={numberText(profiles.moved)} note="part of them goes elsewhere" />
        <Stat
          label="Unchanged"
          value={numberText(profiles.unchanged)}
          note={`${countOf(golden.profiles, 'golden record')} shown otherwise`}
        />
        <Stat
          label="Merge review"
          value={<BeforeAfter of={candidates} />}
          note={`${numberText(candidates.added)} new, ${numberText(candidates.removed)} gone`}
        />
        <Stat label="Held by limits" value={<BeforeAfter of={heldLinks} />} />
        <Stat label="Unresolved records" value={<BeforeAfter of={unresolvedRecords} />} />
      </Group>
      {isQuiet && <Text size="sm">Nobody is merged, split or moved.</Text>}
      {examples.length > 0 && (
        <section aria-label="Examples">
          <Text fw={600} mb="xs">
            For example{regroupings > examples.length && `, ${examples.length} of ${numberText(regroupings)}`}
          </Text>
          <Stack gap="xs">
            {examples.map((example, place) => (
              <div key={place} className="plan-example">
                <Chip tone={exampleTones[example.kind]}>{example.kind}</Chip>
                <Profiles list={example.before} />
                <ArrowRight className="plan-arrow" size={16} role="img" aria-label="becomes" />
                <Profiles list={example.after} />
              </div>
            ))}
          </Stack>
        </section>
      )}
      {largest.length > 0 && (
        <section aria-label="The largest profiles">
          <Text fw={600} mb="xs">
            The largest profiles afterwards
          </Text>
          <DataTable
            label="The largest profiles"
            rows={largest.slice(0, 5)}
            keyOf={({ profileId }) => profileId}
            columns={[
              { header: 'Customer', cell: (profile) => <Who profile={profile} /> },
              { header: 'Records before', cell: ({ recordsBefore }) => numberText(recordsBefore), align: 'end' },
              { header: 'Afterwards', cell: ({ records }) => numberText(records), align: 'end' },
            ]}
          />
        </section>
      )}
      <section aria-label="By rule">
        <Text fw={600} mb="xs">
          By rule
        </Text>
        <DataTable
          label="Figures by rule"
          rows={rules}
          keyOf={({ rule, stage }) => `${rule} ${stage}`}
          columns={[
            { header: 'Rule', cell: ({ sentence }) => sentence },
            { header: 'Applicable', cell: ({ applicability }) => shareText(applicability), align: 'end' },
            { header: 'Valid match', cell: ({ validMatchRate }) => shareText(validMatchRate), align: 'end' },
            { header: 'Conflict', cell: ({ conflictRate }) => shareText(conflictRate), align: 'end' },
            { header: 'Links', cell: ({ links }) => numberText(links), align: 'end' },
          ]}
        />
      </section>
    </Stack>
  )
}

const exampleTones: Readonly<Record<PlanReport['examples'][number]['kind'], Tone>> = {
  merged: 'blue',
  split: 'amber',
  moved: 'violet',
}

function BeforeAfter({ of: { before, after } }: { of: { readonly before: number; readonly after: number } }) {
  if (before === after) return <>{numberText(after)}</>
  return (
    <span className="before-after">
      {numberText(before)}
      <ArrowRight size={16} role="img" aria-label="then" />
      {numberText(after)}
    </span>
  )
}

function Profiles({ list }: { list: readonly Pictured[] }) {
  return (
    <div className="plan-profiles">
      {list.slice(0, 4).map((profile) => (
        <Box key={profile.profileId} className="plan-profile">
          <Who profile={profile} />
          <Text size="xs" c="dimmed" component="div">
            {countOf(profile.records, 'record')}
            {profile.identifiers.slice(0, 2).map(({ type, value }) => (
              <span key={`${type} ${value}`}>
                {' · '}
                {typeInWords(type)} <ValueText text={value} longest={28} />
              </span>
            ))}
          </Text>
        </Box>
      ))}
      {list.length > 4 && (
        <Text size="xs" c="dimmed">
          and {list.length - 4} more
        </Text>
      )}
    </div>
  )
}

function Who({ profile: { profileId, name } }: { profile: Pictured }) {
  return (
    <Text size="sm" fw={560} component="div">
      {name === null ? `Anonymous ${profileId.slice(2, 8)}` : <ValueText text={name} longest={40} />}
    </Text>
  )
}
