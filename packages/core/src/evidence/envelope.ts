import type { IdentifierType } from '../ruleset/ruleset.ts'
import { isObject, primitiveText, readPath } from './dot-path.ts'
import type { Gathering, Place } from './gathering.ts'
import type { Evidence, JsonObject, JsonValue } from './record.ts'
import { snakeCase } from './snake-case.ts'

const anchorPaths: readonly (readonly [type: string, path: readonly string[]])[] = [
  ['user_id', ['userId']],
  ['anonymous_id', ['anonymousId']],
  ['conversation_id', ['conversation_id']],
  ['conversation_id', ['conversationId']],
  ['device_id', ['context', 'device', 'id']],
]

/** What the envelope says goes before what the payload says. */
const envelopePlace: Place = { order: -1, path: '' }

/**
 * Reads the ids of an event's own envelope, each as an anchor of its type, whatever the mappings say. An id of
 * `context.externalIds` is read where the ruleset knows its type; another one, and one of a collection of accounts, is no
 * person's and becomes a field. So does the group id.
 */
export function readEnvelope(
  payload: JsonObject,
  types: ReadonlyMap<string, IdentifierType>,
  isProven: (type: string) => boolean,
  { read, fill }: Pick<Gathering, 'read' | 'fill'>,
): void {
  const readAnchor = (name: string, value: JsonValue) => {
    const type = types.get(name)
    if (!type || type.derive !== null) return
    read(type, value, {
      verified: null,
      someone: false,
      proven: isProven(name),
      soft: false,
      field: name,
      ...envelopePlace,
    })
  }
  for (const [name, path] of anchorPaths) {
    const value = readPath(payload, path)
    if (value !== undefined) readAnchor(name, value)
  }
  const groupId = readPath(payload, ['groupId'])
  if (primitiveText(groupId) !== null) fill('group_id', groupId as JsonValue, envelopePlace)
  const externalIds = readPath(payload, ['context', 'externalIds'])
  if (!Array.isArray(externalIds)) return
  for (const entry of externalIds as readonly JsonValue[]) {
    if (!isObject(entry)) continue
    const named = primitiveText(readPath(entry, ['type']))
    const id = readPath(entry, ['id'])
    if (named === null || id === undefined || primitiveText(id) === null) continue
    const type = snakeCase(named)
    const isPersons = readPath(entry, ['collection']) !== 'accounts'
    if (isPersons && types.has(type)) readAnchor(type, id)
    else if (!types.has(type) && type !== '') fill(type, id, { ...envelopePlace, path: primitiveText(id) ?? '' })
  }
}

/** What an `alias` call says; null: the event is none. */
export function aliasOf(payload: JsonObject): Evidence['alias'] {
  if (readPath(payload, ['type']) !== 'alias') return null
  const previousId = primitiveText(readPath(payload, ['previousId']))
  const userId = primitiveText(readPath(payload, ['userId']))
  return previousId === null || userId === null ? null : { previousId, userId }
}
