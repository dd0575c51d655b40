/** How an identifier type is called on a page: `customer_id` is `customer id`, `email` is `e-mail`. */
export function typeInWords(type: string): string {
  return type === 'email' ? 'e-mail' : type.replaceAll('_', ' ')
}
