import { Group, Text } from '@mantine/core'
import type { Resolution } from '../../api/answers.ts'
import { numberText, shareText } from '../../ui/numbers.ts'

const parts = [
  ['matched', 'Matched', '#0f8a82', 'met another record of the same person'],
  ['unique', 'Unique', '#7488df', 'the only record of its person'],
  ['conflict', 'Conflict', '#c2410c', 'kept apart by a limit'],
  ['missing', 'Missing', '#858e9d', 'without a usable identifier'],
] as const

/** Records by how they were resolved, as one bar. */
export function ResolutionSplit({ split }: { split: Resolution['resolution'] }) {
  const all = parts.reduce((sum, [part]) => sum + split[part], 0)
  return (
    <>
      <div className="split-bar" aria-hidden="true">
        {parts.map(([part, , color]) =>
          split[part] === 0 ? null : <span key={part} style={{ flexGrow: split[part], background: color }} />,
        )}
      </div>
      <Group gap="xl" mt="sm">
        {parts.map(([part, label, color, what]) => (
          <div key={part}>
            <Group gap={6}>
              <span style={{ width: 9, height: 9, borderRadius: 3, background: color }} aria-hidden />
              <Text size="sm" fw={560}>
                {label} {numberText(split[part])}
              </Text>
              <Text size="sm" c="dimmed">
                {shareText(all === 0 ? null : split[part] / all)}
              </Text>
            </Group>
            <Text size="xs" c="dimmed">
              {what}
            </Text>
          </div>
        ))}
      </Group>
    </>
  )
}
