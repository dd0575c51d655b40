/** The items of all pages that were loaded. */
export function itemsOf<Item>(data: {
  readonly pages: readonly { readonly items: readonly Item[] }[]
}): readonly Item[] {
  return data.pages.flatMap(({ items }) => items)
}
