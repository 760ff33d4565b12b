/** How an address that is none may be mended. */
export const baseUrlHints = [
  'for example `https://data.example.com/dictionary/`: with `https://` or `http://`, and without a user, `?` and `#`',
];

/**
 * The address that a site is published at, with a slash at its end; undefined where the text is no such address.
 *
 * @example
 * parseBaseUrl('https://data.example.com/dictionary') // 'https://data.example.com/dictionary/'
 */
export function parseBaseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, search, hash, href } = new URL(text);
  const isPlain = `${username}${password}${search}${hash}` === '' && !/[?#]$/.test(text);
  if (!isPlain || (protocol !== 'https:' && protocol !== 'http:')) return undefined;
  return href.endsWith('/') ? href : `${href}/`;
}
