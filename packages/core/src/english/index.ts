export * from './rule-in-english.ts'
