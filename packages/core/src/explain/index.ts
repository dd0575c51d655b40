export * from './chain.ts'
export * from './stored-sighting.ts'
export * from './try-rule.ts'
