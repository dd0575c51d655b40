import { Box, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Identifier, ProfileAnswer } from '../api/answers.ts'
import { AudienceChips } from './audience-chips.tsx'
import { Chip, TrustChip } from './chip.tsx'
import { typeInWords } from './identifier-words.ts'
import { countOf } from './numbers.ts'
import { ProfileLink } from './profile-name.tsx'
import { Time } from './time.tsx'
import { JsonText, ValueText } from './value-text.tsx'
import './side-by-side.css'

export interface Side {
  readonly profile: ProfileAnswer
  readonly identifiers: readonly Identifier[]
  /** What the side is in this pair: `Keeps identity (survivor)`. */
  readonly role: string
}

interface Props {
  readonly sides: readonly [Side, Side]
  /** The value that brought the two together: called out on both sides. */
  readonly shared?: { readonly type: string; readonly value: string } | null
  /** Instead of plain values where the two differ. */
  readonly choose?: (field: string, values: readonly [unknown, unknown]) => ReactNode
}

/** Two profiles beside each other, what differs marked. */
export function SideBySide({ sides, shared = null, choose }: Props) {
  const [left, right] = sides
  const fields = [...new Set([...left.profile.fields, ...right.profile.fields].map(({ field }) => field))]
  return (
    <div className="side-by-side">
      <table aria-label="The two profiles side by side">
        <thead>
          <tr>
            <th scope="col">Field</th>
            {sides.map(({ profile, role }) => (
              <th scope="col" key={profile.profileId}>
                <Text size="xs" c="dimmed" component="div">
                  {role}
                </Text>
                <ProfileLink id={profile.profileId} name={profile.name} />
                <Text size="xs" c="dimmed" component="div">
                  {countOf(profile.recordCount, 'record')}, last <Time at={profile.lastSeen} />
                </Text>
                <AudienceChips id={profile.profileId} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const [a, b] = [valueOf(left.profile, field), valueOf(right.profile, field)]
            const isDifferent = a !== undefined && b !== undefined && JSON.stringify(a) !== JSON.stringify(b)
            return (
              <tr key={field} data-different={isDifferent}>
                <th scope="row">
                  {typeInWords(field)}
                  {isDifferent && (
                    <Text size="xs" component="div" className="different-word">
                      differs
                    </Text>
                  )}
                </th>
                {isDifferent && choose ? (
                  <td colSpan={2}>{choose(field, [a, b])}</td>
                ) : (
                  [a, b].map((value, place) => (
                    <td key={place}>
                      {value === undefined ? <span className="nothing">—</span> : <JsonText value={value} />}
                    </td>
                  ))
                )}
              </tr>
            )
          })}
          <tr>
            <th scope="row">Identifiers</th>
            {sides.map(({ profile, identifiers }) => (
              <td key={profile.profileId}>
                {identifiers.slice(0, 12).map((identifier) => (
                  <IdentifierLine
                    key={`${identifier.type} ${identifier.value}`}
                    identifier={identifier}
                    isShared={shared !== null && shared.type === identifier.type && shared.value === identifier.value}
                  />
                ))}
                {identifiers.length > 12 && (
                  <Text size="xs" c="dimmed">
                    and {identifiers.length - 12} more
                  </Text>
                )}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

function IdentifierLine({ identifier, isShared }: { identifier: Identifier; isShared: boolean }) {
  const { type, value, verified } = identifier
  return (
    <Box className="identifier-line" data-shared={isShared}>
      <Group gap={6}>
        <Chip tone="blue">{typeInWords(type)}</Chip>
        <ValueText text={value} longest={48} />
        <TrustChip verified={verified} />
        {isShared && <Chip tone="amber">on both sides</Chip>}
      </Group>
    </Box>
  )
}

function valueOf({ fields }: ProfileAnswer, field: string): unknown {
  return fields.find((one) => one.field === field)?.value
}
