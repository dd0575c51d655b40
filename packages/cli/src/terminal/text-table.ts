import Table from 'cli-table3'

export interface TextColumn {
  readonly name: string
  readonly numeric?: boolean
}

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** A table without lines, each row indented by two. cli-table3 colours by itself unless told not to. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  colorHead: (text: string) => string,
): string {
  const table = new Table({
    head: columns.map((column) => colorHead(column.name)),
    chars: bare,
    colAligns: columns.map((column) => (column.numeric ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 1 },
  })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('')
}
