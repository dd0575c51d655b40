export { exportCanonical } from './canonical.ts'
export { exportTable } from './export-table.ts'
export { exportTables, type Cell, type ExportedTable, type ExportTable } from './table.ts'
export { headerText, rowsText, type ExportFormat, type TextOptions } from './write-text.ts'
