/**
 * One text for one JSON value, whichever engine kept it: no blanks, keys sorted and the last of equal keys kept (as jsonb does), strings escaped as
 * JSON.stringify does, numbers digit for digit but without an exponent (as jsonb does). JSON.parse alone would round long numbers.
 */
export function formatCanonicalJson(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g) ?? [];
  let at = 0;

  function formatString(token: string): string {
    return JSON.stringify(JSON.parse(token));
  }

  function formatItems(close: string, item: () => string): string[] {
    const items: string[] = [];
    at += 1;
    while (at < tokens.length && tokens[at] !== close) {
      items.push(item());
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return items;
  }

  function formatObject(): string {
    const members = new Map<string, string>();
    formatItems('}', () => {
      const key = formatString(tokens[at] ?? '""');
      at += 2;
      members.set(key, formatNext());
      return key;
    });
    const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${sorted.map(([key, value]) => `${key}:${value}`).join(',')}}`;
  }

  function formatNext(): string {
    const token = tokens[at] ?? 'null';
    if (token === '{') return formatObject();
    if (token === '[') return `[${formatItems(']', formatNext).join(',')}]`;
    at += 1;
    if (token.startsWith('"')) return formatString(token);
    return /^-?\d/.test(token) ? formatNumber(token) : token;
  }

  return formatNext();
}

/** `1.5e3` → `1500`, `-0` → `0`; digits after the point stay as written. */
function formatNumber(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const integer =
    point <= 0
      ? '0'
      : digits
          .slice(0, point)
          .padEnd(point, '0')
          .replace(/^0+(?=\d)/, '');
  const rest = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const number = rest === '' ? integer : `${integer}.${rest}`;
  return /[1-9]/.test(number) ? sign + number : number;
}
