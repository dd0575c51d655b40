export * from './access/principal.ts'
export * from './engine/index.ts'
