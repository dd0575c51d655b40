/** Rows that meet their numbers at once, a multiple of DuckDB's row groups. */
const sliceRows = 4 * 122_880

/** Conditions that cut a table into slices: rows meet by their place on one core, slices on all of them. */
export function slicesOf(rows: number): readonly string[] {
  const slices: string[] = []
  for (let start = 0; start === 0 || start < rows; start += sliceRows)
    slices.push(`rowid >= ${start} AND rowid < ${start + sliceRows}`)
  return slices
}
