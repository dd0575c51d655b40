export * from './space-faults.ts'
