import { Text } from '@mantine/core'
import { IdCard } from 'lucide-react'
import type { GoldenField, ProfileAnswer } from '../../api/answers.ts'
import { Chip } from '../../ui/chip.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Card } from '../../ui/page.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { JsonText } from '../../ui/value-text.tsx'

/** The surviving values, each with the record or the decision that it comes from. */
export function GoldenRecord({ profile }: { profile: ProfileAnswer }) {
  return (
    <Card title="Golden record" lead="One value per field, and where it comes from.">
      {profile.fields.length === 0 ? (
        <EmptyState icon={IdCard} title="Nothing is known but identifiers">
          Names, contact details and traits appear as records bring them.
        </EmptyState>
      ) : (
        <dl className="definition">
          {profile.fields.map((field) => (
            <Field key={field.field} field={field} />
          ))}
        </dl>
      )}
    </Card>
  )
}

function Field({ field: { field, value, provenance } }: { field: GoldenField }) {
  return (
    <>
      <dt>{typeInWords(field)}</dt>
      <dd>
        <JsonText value={value} />
        {provenance.slice(0, 3).map((from, place) => (
          <Text key={place} size="xs" c="dimmed" component="div" mt={2}>
            {from.kind === 'record' ? (
              <>
                {from.path.length > 0 && <code>{from.path.join('.')}</code>} <Chip>{from.source}</Chip>{' '}
                <Time at={from.effectiveAt} />
              </>
            ) : (
              <>
                <Chip tone="violet">chosen by a person</Chip> <Time at={from.at} />
              </>
            )}
          </Text>
        ))}
      </dd>
    </>
  )
}
