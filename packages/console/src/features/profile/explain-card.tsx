import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Explanation } from '../../api/answers.ts'
import { explain } from '../../api/explain.ts'
import { lookupProfiles } from '../../api/lookup-profiles.ts'
import { Chip } from '../../ui/chip.tsx'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'

/** Why somebody else is, or is not, this person: the chain of evidence, or what stopped it. */
export function ExplainCard({ id }: { id: string }) {
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  return (
    <Card
      title="Why, and why not"
      lead="Name another person, by an identifier as typed or a profile id, and see what joins the two or keeps them apart."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(text.trim())
        }}
      >
        <Group align="flex-end">
          <TextInput
            aria-label="The other person"
            placeholder="Another e-mail, phone, device or profile id"
            w={360}
            maw="100%"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={text.trim() === ''}>
            Explain
          </Button>
        </Group>
      </form>
      {asked !== '' && <Explained id={id} asked={asked} />}
    </Card>
  )
}

function Explained({ id, asked }: { id: string; asked: string }) {
  const space = useSpace()
  const query = useQuery({
    queryKey: [space, 'explain', id, asked],
    queryFn: () => explainWith(space, id, asked),
  })
  return (
    <div role="status">
      <QueryView query={query} rows={2}>
        {(answers) =>
          answers.length === 0 ? (
            <Text size="sm" c="dimmed" mt="sm">
              Nobody is found by that.
            </Text>
          ) : (
            <Stack gap="sm" mt="sm">
              {answers.map((answer, place) => (
                <Sentences key={place} answer={answer} />
              ))}
            </Stack>
          )
        }
      </QueryView>
    </div>
  )
}

function Sentences({ answer: { outcome, sentences } }: { answer: Explanation }) {
  return (
    <div>
      <Chip tone={outcome === 'apart' ? 'amber' : 'green'}>{outcome === 'apart' ? 'two profiles' : 'one profile'}</Chip>
      <List size="sm" mt={6} spacing={4}>
        {sentences.map((sentence) => (
          <List.Item key={sentence}>
            <bdi className="value">{sentence}</bdi>
          </List.Item>
        ))}
      </List>
    </div>
  )
}

/** A profile id is taken as one; anything else is looked up first, and the first three it leads to are explained. */
async function explainWith(space: string, id: string, asked: string): Promise<readonly Explanation[]> {
  if (/^p_[0-9a-f]{32}$/.test(asked)) return [await explain(space, { profileId: id }, { profileId: asked })]
  const { items } = await lookupProfiles(space, asked)
  const others = [...new Set(items.map(({ profile }) => profile.profileId))].slice(0, 3)
  return Promise.all(others.map((other) => explain(space, { profileId: id }, { profileId: other })))
}
