import { Alert, Box, Button, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { ApiFault } from '../../api/client.ts'
import { signInWithLink, signInWithPassword } from '../../api/sign-in.ts'
import { Logo } from '../../ui/logo.tsx'

// The token of a link stands behind the #, where no log sees it; it leaves the address before anything else happens.
let token = location.hash.slice(1)
if (token !== '') history.replaceState(history.state, '', location.pathname + location.search)

/** Signing in by a link, which chooses the password of the next time, or with name and password. */
export function SignInPage() {
  const [withLink, setWithLink] = useState(token !== '')
  const [said, setSaid] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { back } = useSearch({ strict: false })
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  useEffect(() => {
    document.title = 'Sign in · Selfsame'
  }, [])
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setIsBusy(true)
    setSaid('')
    try {
      await (withLink ? signInWithLink(token, password) : signInWithPassword(name, password))
      token = ''
      queryClient.clear()
      await navigate({ to: isOwnAddress(back) ? back.replace(/\?.*/, '') : '/overview', search: {} })
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'The server did not answer; try again.')
      if (withLink && error instanceof ApiFault && error.code === 'sign_in.refused') {
        setWithLink(false)
        setPassword('')
      }
    }
    setIsBusy(false)
  }
  return (
    <Center mih="100vh" p="md" component="main">
      <Box className="card" p="xl" w={380} maw="100%">
        <form onSubmit={(event) => void submit(event)}>
          <Stack gap="md">
            <Logo />
            <Box>
              <Title order={1}>Sign in</Title>
              <Text c="dimmed" size="sm" mt={4}>
                {withLink
                  ? 'This link signs you in once. Choose a password for the next time.'
                  : 'With your name and password, or by a link from an administrator.'}
              </Text>
            </Box>
            {withLink ? (
              <PasswordInput
                key="new"
                label="New password"
                description="12 characters at least"
                autoComplete="new-password"
                minLength={12}
                required
                withAsterisk={false}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            ) : (
              <>
                <TextInput
                  label="Name"
                  autoComplete="username"
                  required
                  withAsterisk={false}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <PasswordInput
                  key="known"
                  label="Password"
                  autoComplete="current-password"
                  required
                  withAsterisk={false}
                  value={password}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
              </>
            )}
            <div role="status">
              {said !== '' && (
                <Alert color="red" variant="outline">
                  {said}
                </Alert>
              )}
            </div>
            <Button type="submit" loading={isBusy} size="md">
              Sign in
            </Button>
            {withLink && (
              <Button variant="subtle" onClick={() => setWithLink(false)}>
                I have a password already
              </Button>
            )}
          </Stack>
        </form>
      </Box>
    </Center>
  )
}

/** An address within the console: nothing that leads to another site. */
function isOwnAddress(back: string | undefined): back is string {
  return back !== undefined && /^\/[a-z]/.test(back) && !back.startsWith('//')
}
