/** Waits for both, also where one fails, so that nothing goes on behind a run that has ended. */
export async function bothDone<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b])
  return [await a, await b]
}
