import { Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { profileAudiencesQuery } from '../api/audiences.ts'
import { Chip } from './chip.tsx'
import { useSpace } from './session.ts'

/** The audiences that a profile belongs to; nothing where it belongs to none. */
export function AudienceChips({ id }: { id: string }) {
  const { data = [] } = useQuery(profileAudiencesQuery(useSpace(), id))
  const members = data.filter(({ member }) => member)
  if (members.length === 0) return null
  return (
    <Group gap={4} component="span">
      {members.map(({ audienceId, name }) => (
        <Chip key={audienceId} tone="teal">
          {name}
        </Chip>
      ))}
    </Group>
  )
}
