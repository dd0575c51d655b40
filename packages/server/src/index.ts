export * from './access/index.ts'
export * from './control/index.ts'
export * from './engine/index.ts'
