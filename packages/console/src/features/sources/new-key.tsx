import { Alert, Button, CopyButton, Group, Stack, Tabs, Text } from '@mantine/core'
import type { MadeKey } from '../../api/keys.ts'
import { snippetsFor } from './snippets.ts'

/** A key that was just made: shown now and never again, with what to paste. */
export function NewKey({ made: { text, key }, close }: { made: MadeKey; close: () => void }) {
  const snippets =
    key.kind === 'write' ? snippetsFor(key.class ?? 'server', text, location.host, location.protocol) : []
  return (
    <Stack>
      <Alert variant="outline" color="ink" title="Copy it now: it is not shown again">
        <Group justify="space-between" wrap="nowrap">
          <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
          <CopyText text={text} />
        </Group>
      </Alert>
      {snippets.length > 0 && (
        <Tabs defaultValue={snippets[0]?.name ?? null}>
          <Tabs.List>
            {snippets.map(({ name }) => (
              <Tabs.Tab key={name} value={name}>
                {name}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {snippets.map(({ name, text: snippet }) => (
            <Tabs.Panel key={name} value={name} pt="sm">
              <pre className="json" tabIndex={0} aria-label={name}>
                {snippet}
              </pre>
              <Group justify="flex-end" mt="xs">
                <CopyText text={snippet} />
              </Group>
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
      {key.class === 'public' && (
        <Text size="sm" c="dimmed">
          Anybody can read this key. It may tell which browser, device or conversation an event belongs to; who the
          person is, your server has to prove.
        </Text>
      )}
      <Group justify="flex-end">
        <Button onClick={close}>Done</Button>
      </Group>
    </Stack>
  )
}

function CopyText({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="default" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  )
}
