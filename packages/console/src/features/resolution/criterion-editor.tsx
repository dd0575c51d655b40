import { ActionIcon, Button, Checkbox, MultiSelect, Select, TextInput } from '@mantine/core'
import { Filter, X } from 'lucide-react'
import { typeInWords } from '../../ui/identifier-words.ts'
import { matchTypes, operators, type FormCriterion, type MatchType } from './written-ruleset.ts'

interface Props {
  readonly criterion: FormCriterion
  readonly types: readonly string[]
  readonly change: (criterion: FormCriterion) => void
  /** null: it is the last one of its rule. */
  readonly remove: (() => void) | null
}

/** Field, how it is compared, and which values may take part. */
export function CriterionEditor({ criterion, types, change, remove }: Props) {
  const { filter } = criterion
  return (
    <div className="criterion">
      <MultiSelect
        label="Field"
        w={220}
        data={types.map((type) => ({ value: type, label: typeInWords(type) }))}
        value={[...criterion.types]}
        onChange={(chosen) => chosen.length > 0 && change({ ...criterion, types: chosen })}
      />
      <Select
        label="Match"
        w={150}
        data={matchTypes.map(([value, label]) => ({ value, label }))}
        value={criterion.how}
        onChange={(how) => change({ ...criterion, how: (how ?? 'exact') as MatchType })}
      />
      {filter === null ? (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<Filter size={13} aria-hidden />}
          onClick={() => change({ ...criterion, filter: { operator: 'contains', isNegated: false, value: '…' } })}
        >
          Only some values
        </Button>
      ) : (
        <>
          <Select
            label="Only values that"
            w={130}
            data={operators.map(([value, label]) => ({ value, label }))}
            value={filter.operator}
            onChange={(operator) => change({ ...criterion, filter: { ...filter, operator: operator ?? 'contains' } })}
          />
          <TextInput
            label="Value"
            w={150}
            value={filter.value}
            error={filter.value.trim() === '' ? 'A value is needed' : null}
            onChange={(event) => change({ ...criterion, filter: { ...filter, value: event.currentTarget.value } })}
          />
          <Checkbox
            size="xs"
            label="not"
            mb={10}
            checked={filter.isNegated}
            onChange={(event) =>
              change({ ...criterion, filter: { ...filter, isNegated: event.currentTarget.checked } })
            }
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Take all values again"
            mb={4}
            onClick={() => change({ ...criterion, filter: null })}
          >
            <X size={15} />
          </ActionIcon>
        </>
      )}
      {remove && (
        <Button size="compact-sm" variant="subtle" color="red" onClick={remove}>
          Remove
        </Button>
      )}
    </div>
  )
}
