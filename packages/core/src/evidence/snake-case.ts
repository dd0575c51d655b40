/** The words of a name in snake_case: `E-mail Address` → `e_mail_address`, `userId` → `user_id`, `HTTPCode` → `http_code`. */
export function snakeCase(name: string): string {
  return name
    .normalize('NFC')
    .replace(/([\p{Ll}\p{N}])(\p{CWL})/gu, '$1_$2')
    .replace(/(\p{CWL})(\p{CWL}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')
}
