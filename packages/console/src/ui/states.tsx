import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { CircleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface EmptyProps {
  readonly icon: LucideIcon
  readonly title: string
  /** What to do next. */
  readonly children?: ReactNode
  readonly action?: ReactNode
}

export function EmptyState({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Stack align="center" gap={6} py={48} px="md" ta="center">
      <Icon size={28} strokeWidth={1.5} color="var(--mantine-color-dimmed)" aria-hidden />
      <Text fw={600} mt={6}>
        {title}
      </Text>
      {children && (
        <Text c="dimmed" size="sm" maw={460} component="div">
          {children}
        </Text>
      )}
      {action && <Group mt="sm">{action}</Group>}
    </Stack>
  )
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Stack align="center" gap={6} py={48} px="md" ta="center" role="alert">
      <CircleAlert size={28} strokeWidth={1.5} color="var(--mantine-color-error)" aria-hidden />
      <Text fw={600} mt={6}>
        This could not be shown
      </Text>
      <Text c="dimmed" size="sm" maw={460}>
        {error instanceof Error ? error.message : 'Something went wrong.'}
      </Text>
      {retry && (
        <Button variant="default" mt="sm" onClick={retry}>
          Try again
        </Button>
      )}
    </Stack>
  )
}

export function LoadingRows({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, place) => (
        <Skeleton key={place} height={18} width={`${92 - ((place * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}

/** What of a query is to be shown: the wait, the fault, or its data. */
export function QueryView<Data>({
  query,
  rows,
  children,
}: {
  query: { readonly data: Data | undefined; readonly error: unknown; readonly refetch: () => unknown }
  rows?: number
  children: (data: Data) => ReactNode
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return <LoadingRows {...(rows !== undefined && { rows })} />
}
