import { Button, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { FileSpreadsheet, PlugZap, Store } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../ui/page.tsx'

/** Three ways to begin, where nothing has come yet. */
export function FirstSteps() {
  return (
    <div className="first-steps">
      <Way icon={<PlugZap size={20} aria-hidden />} title="Connect a source">
        <Text size="sm" c="dimmed">
          Make a key for your site, your app or your server, and point the SDK that you use at this address.
        </Text>
        <Group mt="md">
          <Button renderRoot={(props) => <Link to="/sources" {...props} />}>Sources and keys</Button>
        </Group>
      </Way>
      <Way icon={<FileSpreadsheet size={20} aria-hidden />} title="Import a file">
        <Text size="sm" c="dimmed">
          CSV, JSONL or Parquet, from the command line beside this server:
        </Text>
        <pre className="json">selfsame import customers.csv --source crm --space dev</pre>
      </Way>
      <Way icon={<Store size={20} aria-hidden />} title="Look at an invented shop">
        <Text size="sm" c="dimmed">
          A second server with four hundred customers and a trickle of events:
        </Text>
        <pre className="json">npm start -- --demo</pre>
      </Way>
    </div>
  )
}

function Way({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <Card
      title={
        <Group gap="xs">
          {icon}
          {title}
        </Group>
      }
    >
      {children}
    </Card>
  )
}
