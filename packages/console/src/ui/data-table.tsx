import { Button, Center, VisuallyHidden } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'

export interface Column<Row> {
  readonly header: string
  readonly cell: (row: Row, place: number) => ReactNode
  readonly width?: number | string
  readonly align?: 'end'
  /** The header is for screen readers alone. */
  readonly isBare?: boolean
}

interface Props<Row> {
  /** Of the table, for who cannot see it. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row, place: number) => string
  /** A line of its own below a row; null: none. */
  readonly below?: (row: Row) => ReactNode
}

export function DataTable<Row>({ label, columns, rows, keyOf, below }: Props<Row>) {
  return (
    <section className="table-frame" tabIndex={0} aria-label={label}>
      <table className="data-table">
        <thead>
          <tr>
            {columns.map(({ header, width, align, isBare }) => (
              <th key={header} scope="col" style={{ width }} className={align}>
                {isBare ? <VisuallyHidden>{header}</VisuallyHidden> : header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => {
            const extra = below?.(row)
            return (
              <Fragment key={keyOf(row, place)}>
                <tr>
                  {columns.map(({ header, cell, align }) => (
                    <td key={header} className={align}>
                      {cell(row, place)}
                    </td>
                  ))}
                </tr>
                {extra && (
                  <tr>
                    <td colSpan={columns.length}>{extra}</td>
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

interface MoreProps {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => unknown
}

export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) {
  if (!hasNextPage) return null
  return (
    <Center p="sm">
      <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        Show more
      </Button>
    </Center>
  )
}
