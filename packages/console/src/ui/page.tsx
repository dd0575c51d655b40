import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

interface PageProps {
  readonly title: string
  /** Shown instead of the title's plain text. */
  readonly heading?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly above?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, heading, lead, actions, above, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Selfsame`
  }, [title])
  return (
    <Stack gap="md" maw={1400} mx="auto">
      <Box>
        {above}
        <Group justify="space-between" align="flex-start" gap="md">
          <Box flex="1 1 280px" miw={0}>
            <Title order={1}>{heading ?? title}</Title>
            {lead && (
              <Text c="dimmed" mt={4} maw={760} component="div">
                {lead}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  )
}

interface CardProps {
  readonly title?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  /** Whether what it holds reaches to its edges. */
  readonly isFlush?: boolean
  readonly children: ReactNode
}

export function Card({ title, lead, actions, isFlush = false, children }: CardProps) {
  return (
    <Box className="card" component="section">
      {(title || actions) && (
        <Group justify="space-between" align="flex-start" px="md" pt="sm" pb={isFlush ? 'sm' : 0} gap="xs">
          <Box flex="1 1 200px" miw={0}>
            {title && <Title order={2}>{title}</Title>}
            {lead && (
              <Text c="dimmed" size="sm" mt={2} component="div">
                {lead}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      <Box p={isFlush ? 0 : 'md'}>{children}</Box>
    </Box>
  )
}

/** One number that matters, with what it is. */
export function Stat({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <Box className="card" p="md" flex="1 1 150px">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={22} fw={620} lh={1.3} style={{ fontVariantNumeric: 'tabular-nums', letterSpacing: '-0.02em' }}>
        {value}
      </Text>
      {note && (
        <Text size="xs" c="dimmed" component="div">
          {note}
        </Text>
      )}
    </Box>
  )
}
