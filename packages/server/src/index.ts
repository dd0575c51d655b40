export * from './engine/engine.ts'
