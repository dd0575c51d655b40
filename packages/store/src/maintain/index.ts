export * from './backup-sqlite.ts'
export * from './examine.ts'
export * from './restore-sqlite.ts'
