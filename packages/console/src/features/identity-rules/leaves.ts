/** The dot paths of a sample that lead to a text, a number or yes/no. */
export function leavesOf(envelope: unknown, before = ''): readonly string[] {
  if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope)) return []
  return Object.entries(envelope).flatMap(([key, value]) => {
    if (!/^\w+$/.test(key)) return []
    const path = before === '' ? key : `${before}.${key}`
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [path]
    return leavesOf(value, path)
  })
}
