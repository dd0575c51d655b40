import type { FastifyInstance } from 'fastify'

/**
 * The page that sign-in links lead to, at `/admin/sign-in`. The token of a link stands behind the #: the page takes it from
 * there and sends it to the interface, so that no log on the way sees it.
 */
export function signInPage(app: FastifyInstance): void {
  const routes = [
    ['/admin/sign-in', 'text/html; charset=utf-8', page],
    ['/admin/sign-in.js', 'text/javascript; charset=utf-8', script],
    ['/admin/sign-in.css', 'text/css; charset=utf-8', style],
  ] as const
  for (const [url, type, text] of routes) {
    app.get(url, { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').type(type).send(text),
    )
  }
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Selfsame</title>
<link rel="stylesheet" href="/admin/sign-in.css">
<script src="/admin/sign-in.js" defer></script>
</head>
<body>
<main>
<h1>Selfsame</h1>
<form id="with-link" hidden>
<p>This link signs you in once. Choose a password for the next time.</p>
<label for="new-password">New password, 12 characters at least</label>
<input id="new-password" type="password" autocomplete="new-password" minlength="12" required>
<button>Sign in</button>
</form>
<form id="with-password" hidden>
<label for="name">Name</label>
<input id="name" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>
<section id="signed-in" hidden>
<p>You are signed in as <strong id="who"></strong>.</p>
<p><a href="/docs">What the interface offers</a></p>
<button id="sign-out">Sign out</button>
</section>
<p id="said" role="status"></p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
</main>
</body>
</html>
`

const script = `'use strict'
const at = (id) => document.getElementById(id)
const token = location.hash.slice(1)
history.replaceState(null, '', location.pathname)
let csrfToken = ''

const ask = async (method, path, body) => {
  const headers = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (csrfToken !== '') headers['x-selfsame-csrf'] = csrfToken
  const answer = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  return { ok: answer.ok, body: text === '' ? {} : JSON.parse(text) }
}
const show = (id) => {
  for (const part of ['with-link', 'with-password', 'signed-in']) at(part).hidden = part !== id
}
const say = (text) => {
  at('said').textContent = text
}
const welcome = (name, csrf) => {
  csrfToken = csrf
  at('who').textContent = name
  say('')
  show('signed-in')
}
const signIn = (form, path, bodyOf) => {
  at(form).addEventListener('submit', async (event) => {
    event.preventDefault()
    const button = at(form).querySelector('button')
    button.disabled = true
    try {
      const { ok, body } = await ask('POST', path, bodyOf())
      if (ok) welcome(body.user.name, body.csrfToken)
      else {
        say(body.detail)
        if (form === 'with-link' && body.code === 'sign_in.refused') show('with-password')
      }
    } catch {
      say('The server did not answer; try again.')
    }
    button.disabled = false
  })
}
signIn('with-link', '/sign-in/link', () => ({ token, password: at('new-password').value }))
signIn('with-password', '/sign-in/password', () => ({ name: at('name').value, password: at('password').value }))
at('sign-out').addEventListener('click', async () => {
  await ask('POST', '/sign-out')
  csrfToken = ''
  show('with-password')
})
if (token !== '') show('with-link')
else {
  ask('GET', '/me').then(
    ({ ok, body }) => (ok ? welcome(body.name, body.csrfToken) : show('with-password')),
    () => show('with-password'),
  )
}
`

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { width: min(22rem, 90vw) }
form { display: grid; gap: .5rem }
input, button { font: inherit; padding: .5rem .75rem; border: 1px solid GrayText; border-radius: .375rem }
button { margin-top: .5rem; cursor: pointer; background: #1d4ed8; color: #fff }
a { color: light-dark(#1d4ed8, #93c5fd) }
button:disabled { opacity: .6 }
#said { min-height: 1.5em }
[hidden] { display: none }
`
