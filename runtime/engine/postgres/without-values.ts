/**
 * The words of an error without what may have stood in a row. PostgreSQL puts values last, after a quote or a colon, as they are; of errors about data (class 22) no more
 * is passed on than what stands before, and the type behind. Those about constraints (class 23) name only columns, and keep their values in a detail that is not read.
 */
export function withoutValues(state: string, message: string): string {
  if (/^(P0|HV)/.test(state))
    return `a function of the database refuses a value (${state}); its words may quote it and are left out`;
  if (!state.startsWith('22')) return message;
  const before = /^[^":0-9]*/.exec(message)![0].trim();
  const type = /^invalid input syntax for type ([a-z ]+)/.exec(message)?.[1];
  if (type !== undefined) return `invalid input syntax for type ${type.trim()}`;
  const behind = /" (is out of range for type [a-z ]+|not recognized)$/.exec(message)?.[1];
  return behind === undefined ? before : `${before} *** ${behind}`;
}
