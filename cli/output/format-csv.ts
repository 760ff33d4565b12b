/** RFC 4180 with `\n`: null is an empty cell, a quoted empty one is ''. */
export function formatCsv(titles: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const cell = (value: string | null) => {
    if (value === null) return '';
    return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  return [titles, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}
