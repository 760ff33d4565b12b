const known = new Map<string, boolean>();

/** Does the zone database have this name? `Europe/Berlin`, `UTC`; never a dotted name, which is a column. */
export function isTimezone(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = /^[A-Za-z]/.test(name) && !name.includes('.') && accepts(name);
    known.set(name, answer);
  }
  return answer;
}

function accepts(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
