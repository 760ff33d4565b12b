/** What is used up, in the words of project.yml. DuckDB's own advice is of settings that nobody can reach from there. */
export interface Shortage {
  readonly message: string;
  readonly hint: string;
}

/** What DuckDB says when there is no room: which of memory, spill and disk it is, and what helps. */
export function describeShortage(said: string): Shortage {
  const used = /\([\d.]+ \w+\/([\d.]+ \w+) used\)/.exec(said)?.[1];
  const limit = used === undefined ? '' : ` (${used})`;
  if (/no space left|disk quota/i.test(said)) {
    const [, name = ''] = /"(?:[^"]*[\\/])?([^"\\/]+)"/.exec(said) ?? [];
    // Its log is the database to everybody else, and files that are spilled bear names of DuckDB's making.
    const file = /^duckdb_temp|\.tmp$/.test(name) ? '' : name.replace(/\.wal$/, '');
    return {
      message: `the disk is full${file === '' ? '' : `: \`${file}\` could not be written`}`,
      hint: 'free some room, then run again',
    };
  }
  if (/max_temp_directory_size|failed to offload/i.test(said)) {
    return {
      message: `sorting and joining needs more of the disk than \`spill_limit\` allows${limit}`,
      hint: 'raise `spill_limit` or `memory_limit` of the target in project.yml; by default they are half of what is free on the disk and 60 % of the memory',
    };
  }
  return {
    message: `more memory is needed than \`memory_limit\` allows${limit}`,
    hint: 'raise `memory_limit` of the target in project.yml (by default 60 % of the memory), or lower its `threads`',
  };
}
