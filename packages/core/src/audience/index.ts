export * from './audience.ts'
export * from './belongs-to.ts'
