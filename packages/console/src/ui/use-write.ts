import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** A call that changes something: what was read is asked for again afterwards, and a fault is said. */
export function useWrite<Given, Answer>(
  write: (given: Given) => Promise<Answer>,
  {
    said,
    onSuccess,
  }: { said?: (answer: Answer, given: Given) => string; onSuccess?: (answer: Answer, given: Given) => void } = {},
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: write,
    onSuccess: async (answer, given) => {
      if (said) notifications.show({ message: said(answer, given), color: 'green' })
      onSuccess?.(answer, given)
      await queryClient.invalidateQueries()
    },
    onError: (error) => {
      notifications.show({ title: 'That did not work', message: error.message, color: 'red', autoClose: 8_000 })
    },
  })
}
