export * from './import-records.ts'
