import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Candidate, SideBySide as Pair } from '../../api/answers.ts'
import { candidateQuery } from '../../api/candidate.ts'
import type { CandidateAction } from '../../api/decide.ts'
import { Chip } from '../../ui/chip.tsx'
import { EventsTimeline } from '../../ui/events-timeline.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { countOf, shareText } from '../../ui/numbers.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { SideBySide } from '../../ui/side-by-side.tsx'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'
import { partWords, reasonWords } from './reason-words.ts'

interface Props {
  readonly candidate: Candidate
  /** null: who looks may not decide. */
  readonly answer: ((action: CandidateAction) => void) | null
  readonly isBusy: boolean
}

/** One pair with its evidence. */
export function CandidatePane({ candidate, answer, isBusy }: Props) {
  const query = useQuery(candidateQuery(useSpace(), candidate.candidateId))
  const [word, tone, why] = reasonWords[candidate.reason]
  return (
    <Stack gap="md" component="section" aria-label="The chosen pair">
      <Card
        title={
          <Group gap="xs">
            <span>Is this one person?</span>
            <Chip tone={tone}>{word}</Chip>
          </Group>
        }
        lead={why}
        actions={
          answer && (
            <>
              <Button variant="default" disabled={isBusy} onClick={() => answer('dismiss')}>
                Not a match
              </Button>
              <Button loading={isBusy} onClick={() => answer('confirm')}>
                Merge
              </Button>
            </>
          )
        }
        isFlush
      >
        <Stack px="md" pb="md" gap="sm">
          <Text size="sm" component="div">
            Both carry the {typeInWords(candidate.type)}{' '}
            <Text span fw={600}>
              <ValueText text={candidate.value} />
            </Text>{' '}
            (rule “{candidate.rule}”), seen {countOf(candidate.seenCount, 'time')}, last{' '}
            <Time at={candidate.lastSeen} />; waiting since <Time at={candidate.firstShownAt} />.
          </Text>
          <Confidence candidate={candidate} />
        </Stack>
        <QueryView query={query}>{(pair) => <Sides pair={pair} />}</QueryView>
      </Card>
      <div className="two-timelines">
        <EventsTimeline id={candidate.survivor.profileId} title="What the survivor did" />
        <EventsTimeline id={candidate.session.profileId} title="What the session did" />
      </div>
    </Stack>
  )
}

function Confidence({ candidate }: { candidate: Candidate }) {
  return (
    <div>
      <Text size="sm" fw={560} mb={6}>
        Confidence {shareText(candidate.confidence)}
      </Text>
      <div className="confidence">
        {partWords.map(([part, label, what]) => (
          <div key={part} title={what}>
            <Group justify="space-between" gap={4}>
              <Text size="xs">{label}</Text>
              <Text size="xs" c="dimmed">
                {candidate.parts[part].toFixed(2)}
              </Text>
            </Group>
            <div className="confidence-bar" aria-hidden="true">
              <span style={{ width: `${candidate.parts[part] * 100}%` }} />
            </div>
          </div>
        ))}
      </div>
    </div>
  )
}

function Sides({ pair }: { pair: Pair }) {
  const { survivor, session } = pair.sides
  return (
    <>
      <SideBySide
        sides={[
          { ...survivor, role: 'Keeps identity (survivor)' },
          { ...session, role: 'Session, folds in' },
        ]}
        shared={{ type: pair.type, value: pair.value }}
      />
      <Text size="xs" c="dimmed" px="md" py="xs">
        To choose values where the two differ,{' '}
        <Link
          to="/customers/$id/merge"
          params={{ id: survivor.profile.profileId }}
          search={{ with: session.profile.profileId }}
        >
          merge them by hand
        </Link>
        .
      </Text>
    </>
  )
}
