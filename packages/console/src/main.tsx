import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import './ui/mantine.css'
import '@mantine/notifications/styles.css'
import './ui/base.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiFault } from './api/client.ts'
import { cssVariables, theme } from './app/theme.ts'
import { createAppRouter } from './app/router.tsx'
import { styleNonce } from './ui/style-nonce.ts'

const queryClient = new QueryClient({
  mutationCache: new MutationCache({ onError: endOnSignOut }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiFault && (error.status === 0 || error.status === 503),
      refetchOnWindowFocus: true,
    },
  },
})
queryClient.getQueryCache().config.onError = endOnSignOut

/** A session that ended shows itself at the next question: the page to sign in on follows. */
function endOnSignOut(error: unknown): void {
  if (error instanceof ApiFault && error.status === 401) void queryClient.invalidateQueries({ queryKey: ['me'] })
}

// What locks the page's scrolling behind a dialog makes a style element of its own.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() })

const router = createAppRouter(queryClient)
const schemes = localStorageColorSchemeManager({ key: 'selfsame-color-scheme' })
const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the console')
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" containerWidth={380} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
