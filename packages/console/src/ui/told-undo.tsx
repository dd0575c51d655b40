import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'

/** Says that something was decided, with the way back beside it. */
export function useToldUndo(): (said: string, undo: () => Promise<unknown>) => void {
  const queryClient = useQueryClient()
  return (said, undo) => {
    const id = `told-${said}-${performance.now()}`
    const takeBack = async () => {
      notifications.hide(id)
      try {
        await undo()
        notifications.show({ message: 'Taken back', color: 'green' })
      } catch (error) {
        const message = error instanceof Error ? error.message : 'The server did not answer.'
        notifications.show({ title: 'That did not work', message, color: 'red' })
      }
      await queryClient.invalidateQueries()
    }
    notifications.show({
      id,
      color: 'green',
      autoClose: 10_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <span>{said}</span>
          <Button size="compact-sm" variant="subtle" onClick={() => void takeBack()}>
            Undo
          </Button>
        </Group>
      ),
    })
  }
}
