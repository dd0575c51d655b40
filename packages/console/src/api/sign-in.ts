import type { signedInAnswer } from '@selfsame/contract'
import type { z } from 'zod'
import { ask, rememberCsrfToken } from './client.ts'

type SignedIn = z.output<typeof signedInAnswer>

export async function signInWithLink(token: string, password: string): Promise<SignedIn> {
  return remembered(await ask<SignedIn>('POST', '/sign-in/link', { body: { token, password } }))
}

export async function signInWithPassword(name: string, password: string): Promise<SignedIn> {
  return remembered(await ask<SignedIn>('POST', '/sign-in/password', { body: { name, password } }))
}

export async function signOut(): Promise<void> {
  await ask('POST', '/sign-out')
  rememberCsrfToken('')
}

export async function changePassword(current: string | undefined, next: string): Promise<SignedIn> {
  const body = current === undefined || current === '' ? { next } : { current, next }
  return remembered(await ask<SignedIn>('POST', '/me/password', { body }))
}

function remembered(answer: SignedIn): SignedIn {
  rememberCsrfToken(answer.csrfToken)
  return answer
}
