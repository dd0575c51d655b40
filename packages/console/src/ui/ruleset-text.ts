import { isMap, isSeq, parseDocument, type Document } from 'yaml'

/** The text of a ruleset after an edit; comments and order stay as they were written. */
export function editRuleset(text: string, edit: (ruleset: Document) => void): string {
  const ruleset = parseDocument(text)
  edit(ruleset)
  return ruleset.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** Puts an element into a list at a place, or at its end, making the list where there is none. */
export function putInList(
  ruleset: Document,
  path: readonly (string | number)[],
  place: number | null,
  value: unknown,
): void {
  const list = ruleset.getIn(path)
  if (!isSeq(list)) ruleset.setIn(path, ruleset.createNode([value]))
  else if (place === null || place >= list.items.length) list.add(flowNode(ruleset, value))
  else list.set(place, flowNode(ruleset, value))
}

/** Takes an element out; an empty list goes with it. */
export function takeFromList(ruleset: Document, path: readonly (string | number)[], place: number): void {
  ruleset.deleteIn([...path, place])
  const list = ruleset.getIn(path)
  if (isSeq(list) && list.items.length === 0) ruleset.deleteIn(path)
}

/** Moves an element of a list. */
export function moveInList(ruleset: Document, path: readonly (string | number)[], from: number, to: number): void {
  const list = ruleset.getIn(path)
  if (!isSeq(list)) return
  const [item] = list.items.splice(from, 1)
  if (item !== undefined) list.items.splice(to, 0, item)
}

/** Sets a key of a map, or takes it away where the value is undefined. */
export function setOrDelete(ruleset: Document, path: readonly (string | number)[], value: unknown): void {
  if (value === undefined) ruleset.deleteIn(path)
  else ruleset.setIn(path, typeof value === 'object' && value !== null ? flowNode(ruleset, value) : value)
}

function flowNode(ruleset: Document, value: unknown) {
  const node = ruleset.createNode(value)
  if (isMap(node) && node.items.length <= 6) node.flow = true
  if (isSeq(node)) node.flow = true
  return node
}
