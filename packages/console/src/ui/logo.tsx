import { Group, Text } from '@mantine/core'

export function Logo() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-ink-7)" />
        <circle cx="12.5" cy="16" r="6.5" fill="none" stroke="#fff" strokeWidth="2.5" />
        <circle cx="19.5" cy="16" r="6.5" fill="none" stroke="#fff" strokeWidth="2.5" />
      </svg>
      <Text fw={650} fz={15} style={{ letterSpacing: '-0.02em' }}>
        Selfsame
      </Text>
    </Group>
  )
}
