import { Problem } from './problem.ts'

/** Counts what is held of all bodies together, and refuses one more before memory grows. */
export class TextInHand {
  private held = 0
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  /** A body alone is never refused. */
  take(characters: number): void {
    if (this.held > 0 && this.held + characters > this.most) {
      throw new Problem('ingest.overloaded', 'too much is being read', { retryAfterSeconds: 1 })
    }
    this.held += characters
  }

  give(characters: number): void {
    this.held -= characters
  }
}
