import { z } from 'zod'

/** Shapes of the routes for spaces, sources, keys, users and signing in. An unknown field in a body is refused by name. */
const role = z.enum(['viewer', 'manager', 'admin'])
const sourceClass = z.enum(['public', 'server'])
const trust = z.enum(['trusted', 'untrusted'])
const instant = z.iso.datetime({ offset: true })
const id = z.string().min(1).max(100)
const sourceName = z.string().min(1).max(200)
const label = z.string().max(200)

export const spaceShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  rulesetVersion: z.int(),
  createdAt: instant,
  /** Role of who asks. */
  role,
})
export const spacesAnswer = z.strictObject({ spaces: z.array(spaceShape) })
export const newSpaceBody = z.strictObject({ name: z.string().min(1).max(100) })
export const spaceParams = z.strictObject({ spaceId: id })
/** The name of the space, said again. */
export const deleteSpaceQuery = z.strictObject({ confirm: z.string().max(100) })

export const sourceShape = z.strictObject({
  source: z.string(),
  class: sourceClass,
  trust,
  createdAt: instant,
  lastRecordAt: instant.nullable(),
  /** A server key of it was last used by a browser then: anybody there can read the key. */
  browserSeenAt: instant.nullable(),
  advice: z.string().nullable(),
})
export const sourcesAnswer = z.strictObject({ sources: z.array(sourceShape) })
export const newSourceBody = z.strictObject({ source: sourceName, class: sourceClass, trust: trust.optional() })
export const changeSourceBody = z.strictObject({ class: sourceClass.optional(), trust: trust.optional() })
export const sourceParams = z.strictObject({ source: sourceName })
export const proofSecretAnswer = z.strictObject({ source: z.string(), proofSecret: z.string() })

export const keyShape = z.strictObject({
  id: z.string(),
  kind: z.enum(['write', 'api']),
  /** Of a write key. */
  class: sourceClass.nullable(),
  source: z.string().nullable(),
  /** Answers to this write key may name the profile. */
  mayView: z.boolean(),
  /** Of an API key. */
  role: role.nullable(),
  /** Spaces that a write key feeds; the space of an API key. */
  spaces: z.array(z.string()),
  last4: z.string(),
  label: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  replacedBy: z.string().nullable(),
  lastUsedAt: instant.nullable(),
})
export const keysAnswer = z.strictObject({ keys: z.array(keyShape) })
export const newKeyBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('write'),
    source: sourceName,
    class: sourceClass,
    trust: trust.optional(),
    mayView: z.boolean().optional(),
    label: label.optional(),
    expiresAt: instant.optional(),
  }),
  z.strictObject({ kind: z.literal('api'), role, label: label.optional(), expiresAt: instant.optional() }),
])
/** `text` is the key itself: shown here and never again. */
export const madeKeyAnswer = z.strictObject({ text: z.string(), key: keyShape })
export const keyParams = z.strictObject({ keyId: id })
export const rotateKeyBody = z.strictObject({
  /** How long the older key goes on. Default a day. */
  overlapSeconds: z
    .int()
    .min(0)
    .max(366 * 86_400)
    .optional(),
})
export const rotatedKeyAnswer = z.strictObject({ text: z.string(), key: keyShape, olderEndsAt: instant })

const membership = z.strictObject({ space: id, role })
export const userShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  administrator: z.boolean(),
  memberships: z.array(membership),
  hasPassword: z.boolean(),
  disabledAt: instant.nullable(),
  createdAt: instant,
})
export const usersAnswer = z.strictObject({ users: z.array(userShape) })
export const newUserBody = z.strictObject({
  name: z.string().min(1).max(200),
  administrator: z.boolean().optional(),
  memberships: z.array(membership).max(1000).optional(),
})
export const changeUserBody = z.strictObject({
  administrator: z.boolean().optional(),
  memberships: z.array(membership).max(1000).optional(),
  disabled: z.boolean().optional(),
})
export const userParams = z.strictObject({ userId: id })
export const signInLinkShape = z.strictObject({ url: z.string(), expiresAt: instant })
export const madeUserAnswer = z.strictObject({ user: userShape, link: signInLinkShape })
export const linkAnswer = z.strictObject({ link: signInLinkShape })

const password = z.string().max(2000)
export const signInWithLinkBody = z.strictObject({
  token: z.string().min(1).max(200),
  /** Sets the password for later. */
  password: password.optional(),
})
export const signInWithPasswordBody = z.strictObject({ name: z.string().min(1).max(200), password })
export const changePasswordBody = z.strictObject({
  /** Not needed where there is no password yet. */
  current: password.optional(),
  next: password,
})
export const signedInAnswer = z.strictObject({
  user: z.strictObject({ id: z.string(), name: z.string(), administrator: z.boolean(), hasPassword: z.boolean() }),
  /** Goes with every write, in `X-Selfsame-CSRF`. */
  csrfToken: z.string(),
  expiresAt: instant,
})
export const meAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    id: z.string(),
    name: z.string(),
    administrator: z.boolean(),
    csrfToken: z.string(),
    spaces: z.array(z.strictObject({ id: z.string(), name: z.string(), role })),
  }),
  z.strictObject({ kind: z.literal('api_key'), id: z.string(), space: z.string(), role }),
  z.strictObject({
    kind: z.literal('write_key'),
    id: z.string(),
    source: z.string(),
    class: sourceClass,
    spaces: z.array(z.string()),
  }),
])

export const auditEntryShape = z.strictObject({
  seq: z.int(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export const auditQuery = z.strictObject({
  /** Entries before this number. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
})
export const auditAnswer = z.strictObject({ entries: z.array(auditEntryShape), next: z.int().nullable() })
export const auditCheckpointShape = z.strictObject({
  seq: z.int().min(0).meta({ description: 'number of the last entry' }),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'its hash, which stands for all before it' }),
})
/** The whole body may be left out. */
export const auditVerifyBody = z
  .strictObject({
    checkpoints: z
      .array(auditCheckpointShape)
      .max(10_000)
      .default([])
      .meta({ description: 'kept elsewhere: a chain written anew, or cut, does not go through them' }),
  })
  .nullish()
  .transform((body) => body ?? { checkpoints: [] })
export const auditVerdictAnswer = z.strictObject({
  ok: z.boolean(),
  entries: z.int().nullable(),
  /** Number of the first entry that is changed or missing. */
  faultAt: z.int().nullable(),
  because: z.enum(['changed', 'missing']).nullable(),
})
