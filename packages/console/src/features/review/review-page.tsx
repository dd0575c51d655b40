import { Checkbox, Group, Kbd, Select, Text, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { PartyPopper } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Candidate } from '../../api/answers.ts'
import { candidatesQuery } from '../../api/candidates.ts'
import { decideCandidate, revertDecision, type CandidateAction } from '../../api/decide.ts'
import { Chip } from '../../ui/chip.tsx'
import { LoadMore } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { numberText, shareText } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { ProfileName } from '../../ui/profile-name.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useToldUndo } from '../../ui/told-undo.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ValueText } from '../../ui/value-text.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { CandidatePane } from './candidate-pane.tsx'
import { reasonWords } from './reason-words.ts'
import './review-page.css'

/** Pairs of profiles that evidence suggests and does not suffice for, to be decided by a person. */
export function ReviewPage() {
  const space = useSpace()
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const mayDecide = useMay('manager')
  const filter = { order: search.order ?? 'newest', reason: search.reason, type: search.type }
  const query = useInfiniteQuery(candidatesQuery(space, filter))
  const items = query.data ? itemsOf(query.data) : []
  const place = Math.max(
    0,
    items.findIndex(({ candidateId }) => candidateId === search.candidate),
  )
  const current = items[place] ?? null
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const made = useRef<string[]>([])
  const told = useToldUndo()

  const look = (part: Readonly<Record<string, string | undefined>>) =>
    void navigate({ to: '.', search: (known: object) => ({ ...known, ...part }), replace: true })
  const revert = useWrite((id: string) => revertDecision(space, { id }), { said: () => 'Taken back' })
  const undo = () => {
    const id = made.current.pop()
    if (id === undefined) notifications.show({ message: 'There is nothing of this visit to take back' })
    else revert.mutate(id)
  }
  const decide = useWrite(
    (given: { readonly id: string; readonly action: CandidateAction }) => decideCandidate(space, given),
    {
      onSuccess: ({ decisionId }, { action }) => {
        made.current.push(decisionId)
        told(action === 'confirm' ? 'Merged into one' : 'Kept apart for good', () => {
          made.current = made.current.filter((id) => id !== decisionId)
          return revertDecision(space, { id: decisionId })
        })
      },
    },
  )
  const answer = (action: CandidateAction) => {
    if (!current || !mayDecide || decide.isPending) return
    const after = items[place + 1] ?? items[place - 1]
    look({ candidate: after?.candidateId })
    decide.mutate({ id: current.candidateId, action })
  }
  const keys = useRef<Readonly<Record<string, () => void>>>({})
  keys.current = {
    j: () => look({ candidate: items[Math.min(items.length - 1, place + 1)]?.candidateId }),
    k: () => look({ candidate: items[Math.max(0, place - 1)]?.candidateId }),
    m: () => answer('confirm'),
    n: () => answer('dismiss'),
    u: () => mayDecide && undo(),
  }
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest('input:not([type=checkbox]), textarea, [role=dialog]')
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      keys.current[event.key.toLowerCase()]?.()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])

  return (
    <Page
      title="Merge review"
      lead="Evidence suggests that these are one person, and does not suffice to merge them. Whatever is decided can be taken back."
      actions={
        mayDecide && (
          <Text size="xs" c="dimmed" className="key-help">
            <Kbd>J</Kbd> <Kbd>K</Kbd> move · <Kbd>M</Kbd> merge · <Kbd>N</Kbd> not a match · <Kbd>U</Kbd> undo
          </Text>
        )
      }
    >
      <Group gap="xs">
        <Select
          aria-label="Order"
          w={190}
          value={filter.order}
          onChange={(order) => look({ order: order ?? undefined, candidate: undefined })}
          data={[
            { value: 'newest', label: 'Newest collision first' },
            { value: 'oldest', label: 'Oldest question first' },
            { value: 'confidence', label: 'Most confident first' },
            { value: 'reach', label: 'Most records first' },
          ]}
        />
        <Select
          aria-label="Reason"
          w={180}
          value={search.reason ?? ''}
          onChange={(reason) => look({ reason: reason ?? undefined, candidate: undefined })}
          data={[
            { value: '', label: 'Every reason' },
            ...Object.entries(reasonWords).map(([value, [label]]) => ({ value, label })),
          ]}
        />
        <Select
          aria-label="Identifier"
          w={180}
          value={search.type ?? ''}
          onChange={(type) => look({ type: type ?? undefined, candidate: undefined })}
          data={[
            { value: '', label: 'Every identifier' },
            ...['email', 'phone', 'customer_id', 'user_id'].map((type) => ({ value: type, label: typeInWords(type) })),
          ]}
        />
      </Group>
      <QueryView query={query}>
        {() =>
          items.length === 0 ? (
            <Card>
              <EmptyState icon={PartyPopper} title="Queue is clear">
                Nothing waits for a person. New questions appear here as records come.
              </EmptyState>
            </Card>
          ) : (
            <div className="review">
              <div>
                {mayDecide && (
                  <BulkBar
                    items={items}
                    picked={picked}
                    setPicked={setPicked}
                    onDecided={(ids) => made.current.push(...ids)}
                  />
                )}
                <Card isFlush>
                  <ul className="review-list" aria-label="Candidates">
                    {items.map((item) => (
                      <CandidateLine
                        key={item.candidateId}
                        item={item}
                        isCurrent={item === current}
                        choose={() => look({ candidate: item.candidateId })}
                        picked={mayDecide ? picked.has(item.candidateId) : null}
                        pick={() => setPicked(toggled(picked, item.candidateId))}
                      />
                    ))}
                  </ul>
                  <LoadMore {...query} />
                </Card>
              </div>
              {current && (
                <CandidatePane
                  key={current.candidateId}
                  candidate={current}
                  answer={mayDecide ? answer : null}
                  isBusy={decide.isPending}
                />
              )}
            </div>
          )
        }
      </QueryView>
    </Page>
  )
}

interface LineProps {
  readonly item: Candidate
  readonly isCurrent: boolean
  readonly choose: () => void
  /** null: nothing can be picked. */
  readonly picked: boolean | null
  readonly pick: () => void
}

function CandidateLine({ item, isCurrent, choose, picked, pick }: LineProps) {
  const line = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isCurrent) line.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  const [word, tone] = reasonWords[item.reason]
  return (
    <li ref={line} className="review-line" data-current={isCurrent}>
      {picked !== null && (
        <Checkbox size="xs" checked={picked} onChange={pick} aria-label={`Pick ${item.session.name ?? 'this pair'}`} />
      )}
      <UnstyledButton className="review-choose" onClick={choose} aria-current={isCurrent}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" fw={560} truncate component="div">
            <ProfileName id={item.survivor.profileId} name={item.survivor.name} />
          </Text>
          <Text size="xs" c="dimmed" component="div" className="review-confidence">
            {shareText(item.confidence)}
          </Text>
        </Group>
        <Text size="xs" component="div" truncate>
          <Chip tone="blue">{typeInWords(item.type)}</Chip> <ValueText text={item.value} longest={32} />
        </Text>
        <Group gap={6} mt={2} justify="space-between" wrap="nowrap">
          <Chip tone={tone}>{word}</Chip>
          <Text size="xs" c="dimmed" component="div">
            <Time at={item.lastSeen} /> · seen {numberText(item.seenCount)}×
          </Text>
        </Group>
      </UnstyledButton>
    </li>
  )
}

function toggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known)
  if (!next.delete(id)) next.add(id)
  return next
}
